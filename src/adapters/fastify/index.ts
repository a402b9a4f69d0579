import type { FastifyPluginCallback, FastifyReply } from "fastify";
import { isPromise } from "../../crypto/awaitable.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { NodeRequestHead } from "../node/request.ts";
import { commitBeforeResponse, hasEnded } from "../node/response/committed-response.ts";
import { sendError } from "../node/terminal-error.ts";
import { nameTakenError } from "../shared/already-mounted.ts";
import { checkMount, type MountOptions, type SessionsOf } from "../shared/mount-options.ts";
import { defineSession, refuseAssignment, unlessDeleted } from "../shared/session-property.ts";

export type { MountOptions } from "../shared/mount-options.ts";

/**
 * Declares the sessions mounted on a request, for applications that read `request.session` rather than
 * `sessions.get(request)`:
 *
 * ```ts
 * declare module "coatcheck/fastify" {
 *   interface Mounts { session: typeof sessions; prefs: typeof prefs }
 * }
 * ```
 *
 * Without it nothing is declared on requests, so it does not conflict with other session packages.
 */
// biome-ignore lint/suspicious/noEmptyInterface: applications merge into it
export interface Mounts {}

/** The sessions of `Mounts`, as properties of a request. */
export type MountedSessions<Managers = Mounts> = SessionsOf<Managers>;

declare module "fastify" {
  interface FastifyRequest extends MountedSessions {}
}

/**
 * Returns a plugin for Fastify 5: `app.register(session(sessions))`, then `sessions.get(request)` or `request.session`,
 * in the instance that registers it and in its child plugins.
 *
 * The response is sent after the commit, even one sent outside Fastify after `reply.hijack()`. An error of the commit
 * goes to `setErrorHandler`. `request.protocol` says whether the request used https, so Fastify's option `trustProxy`
 * applies.
 *
 * @throws SessionError INVALID_OPTION on registration, if requests already have a property of this name
 */
export function session<Data extends object>(
  sessions: SessionManager<Data>,
  options: MountOptions = {},
): FastifyPluginCallback {
  checkMount(sessions, options);
  const { as = "session", lazy = false } = options;
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
      // Not in the hook onSend: later hooks may change the status, and a hijacked reply has no hooks.
      if (!sessions.tryGet(request)) return;
      defineSession(request, as, opened.session);
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
    // Without this, the decorators and hooks would apply to this plugin and its children only.
    [Symbol.for("skip-override")]: true,
    [Symbol.for("plugin-meta")]: { name: "coatcheck", fastify: "5.x" },
  });
}

/**
 * Fastify checks whether the raw response has ended. While it waits for the commit, it has not, so this says it was
 * sent.
 */
const sent: PropertyDescriptor & ThisType<FastifyReply> = {
  configurable: true,
  get() {
    return hasEnded(this.raw) || Reflect.get(Object.getPrototypeOf(this), "sent", this);
  },
};

function fail(reply: FastifyReply, error: unknown): void {
  // A hijacked reply can no longer send.
  if (reply.sent || reply.raw.headersSent) {
    sendError(reply.raw, error);
    return;
  }
  // Fastify keeps a second set of headers. Remove those that were removed from the raw response.
  for (const name of Object.keys(reply.getHeaders())) if (!reply.raw.hasHeader(name)) reply.removeHeader(name);
  reply.send(error);
}
