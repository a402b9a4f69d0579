import type { FastifyPluginCallback, FastifyReply } from "fastify";
import { isPromise } from "../../crypto/awaitable.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { NodeRequestHead } from "../node/request.ts";
import { commitBeforeResponse, hasEnded } from "../node/response/committed-response.ts";
import { answerError } from "../node/terminal-error.ts";
import { nameTakenError } from "../shared/already-mounted.ts";
import type { MountOptions, SessionsOf } from "../shared/mount-options.ts";
import { putSession, refuseAssignment, unlessDeleted } from "../shared/session-property.ts";

export type { MountOptions } from "../shared/mount-options.ts";

/**
 * Which sessions are mounted on a request, for applications that read `request.session` rather than
 * `sessions.get(request)`:
 *
 * ```ts
 * declare module "coatcheck/fastify" {
 *   interface Mounts { session: typeof sessions; prefs: typeof prefs }
 * }
 * ```
 *
 * Nothing is declared on requests without it, so it clashes with no other session package.
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications merge into it
export interface Mounts {}

/** The sessions of `Mounts`, as properties of a request. */
export type MountedSessions<Managers = Mounts> = SessionsOf<Managers>;

declare module "fastify" {
  interface FastifyRequest extends MountedSessions {}
}

/**
 * Sessions for Fastify 5: `app.register(session(sessions))`, then `sessions.get(request)` or `request.session`, in the
 * instance that registers it and in all plugins below.
 *
 * The response leaves after the commit, also one that is sent past Fastify by `reply.hijack()`; an error of the commit
 * goes to `setErrorHandler`. https is what `request.protocol` says, so Fastify's own option `trustProxy` holds here, too.
 *
 * @throws SessionError INVALID_OPTION while it is registered, if requests already have something under this name
 */
export function session<Data extends object>(
  sessions: SessionManager<Data>,
  { as = "session", lazy = false }: MountOptions = {},
): FastifyPluginCallback {
  const plugin: FastifyPluginCallback = (app, _options, done) => {
    if (app.hasRequestDecorator(as)) return done(nameTakenError(as));
    app.decorateRequest(as, {
      getter() {
        return sessions.get(this);
      },
      setter: refuseAssignment(as),
    });
    app.addHook("onRequest", async (request, reply) => {
      if (sessions.tryGet(request)) return;
      const head = new NodeRequestHead(request.raw, request.protocol === "https");
      const opened = await sessions.open(head, { carriers: [request, request.raw], lazy });
      // Not in the hook onSend: hooks after it may change the status, and a hijacked reply has no hooks.
      if (!sessions.tryGet(request)) return;
      putSession(request, as, opened.session);
      const mounted = unlessDeleted(opened, as, () => Object.hasOwn(request, as));
      const commit: typeof opened.commit = (outcome) => {
        const edits = mounted.commit(outcome);
        if (isPromise(edits)) Object.defineProperty(reply, "sent", sent);
        return edits;
      };
      commitBeforeResponse(reply.raw, { commit }, (error) => fail(reply, error));
    });
    done();
  };
  return Object.assign(plugin, {
    // A plugin's decorators and hooks would be for itself and its children only.
    [Symbol.for("skip-override")]: true,
    [Symbol.for("plugin-meta")]: { name: "coatcheck", fastify: "5.x" },
  });
}

/** Fastify asks whether the raw response has ended, which it has not while it waits for its commit; so it asks here. */
const sent: PropertyDescriptor & ThisType<FastifyReply> = {
  configurable: true,
  get() {
    return hasEnded(this.raw) || Reflect.get(Object.getPrototypeOf(this), "sent", this);
  },
};

function fail(reply: FastifyReply, error: unknown): void {
  // A hijacked reply sends nothing any more.
  if (reply.sent || reply.raw.headersSent) {
    answerError(reply.raw, error);
    return;
  }
  // Fastify keeps headers of its own beside those of the raw response, from which the dropped answer's are gone.
  for (const name of Object.keys(reply.getHeaders())) if (!reply.raw.hasHeader(name)) reply.removeHeader(name);
  reply.send(error);
}
