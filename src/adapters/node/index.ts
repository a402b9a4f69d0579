import type { Known } from "../../core/language/known-keys.ts";
import type { Session } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { checkMount, type MountOptions } from "../shared/mount-options.ts";
import { mountSession } from "./mount.ts";
import { isEncrypted, NodeRequestHead } from "./request.ts";
import { sendError } from "./terminal-error.ts";
import type { HttpRequest, HttpResponse, NodeMiddleware, NodeRequest, NodeResponse } from "./types.ts";

export type { MountOptions } from "../shared/mount-options.ts";
export type { Next, NodeMiddleware, NodeRequest, NodeResponse } from "./types.ts";

/**
 * Returns Connect-style middleware for servers of `node:http`, `node:https` and `node:http2`.
 *
 * The response is sent after the commit. If the commit fails, the response is discarded and `next` is called a second
 * time, with the error. Send the error response there.
 */
export function session<Data extends object>(
  sessions: SessionManager<Data>,
  options: MountOptions = {},
): NodeMiddleware {
  return mountSession(sessions, options, (req) => new NodeRequestHead(req, isEncrypted(req)));
}

/** Options of `listener()`. */
export interface ListenerOptions<Req = HttpRequest, Res = HttpResponse> extends MountOptions {
  /**
   * Responds to an error of the handler or the commit.
   *
   * @default plain text with the error's status; unknown errors are logged
   */
  readonly onError?: ((error: unknown, req: Req, res: Res) => unknown) | undefined;
}

const listenerKeys: Known<ListenerOptions> = { as: true, lazy: true, onError: true };

/**
 * Returns a request listener with a session, for a server without a framework:
 * `http.createServer(listener(sessions, (req, res, session) => { … }))`.
 */
export function listener<
  Data extends object,
  Req extends NodeRequest = HttpRequest,
  Res extends NodeResponse = HttpResponse,
>(
  sessions: SessionManager<Data>,
  handler: (req: Req, res: Res, session: Session<Data>) => unknown,
  options: ListenerOptions<Req, Res> = {},
): (req: Req, res: Res) => void {
  checkMount(sessions, options as ListenerOptions, listenerKeys, "listener()");
  const { as = "session", lazy, onError = (error, _req, res) => sendError(res, error) } = options;
  const mount = session(sessions, { as, lazy });
  return (req, res) => {
    const fail = async (error: unknown): Promise<void> => {
      try {
        await onError(error, req, res);
      } catch (failure) {
        sendError(res, failure);
      }
    };
    mount(req, res, async (error) => {
      if (error !== undefined) return fail(error);
      try {
        await handler(req, res, Reflect.get(req, as) as Session<Data>);
      } catch (thrown) {
        await fail(thrown);
      }
    });
  };
}
