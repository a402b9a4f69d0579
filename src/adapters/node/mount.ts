import { isPromise } from "../../crypto/awaitable.ts";
import { SessionError } from "../../types/errors.ts";
import type { OpenSession, SessionManager } from "../../types/sessions.ts";
import type { RequestHead } from "../../types/transport.ts";
import { isSkipped, nameTakenError, noteSkipped } from "../shared/already-mounted.ts";
import type { MountOptions } from "../shared/mount-options.ts";
import { putSession, unlessDeleted } from "../shared/session-property.ts";
import { keepAsTables } from "./dictionary-mode.ts";
import { commitBeforeResponse } from "./response/committed-response.ts";
import type { NodeMiddleware, NodeRequest } from "./types.ts";

/** Middleware that opens a request's session, puts it on the request and lets its response wait for the commit. */
export function mountSession<Data extends object>(
  sessions: SessionManager<Data>,
  { as = "session", lazy = false }: MountOptions,
  headOf: (req: NodeRequest) => RequestHead,
): NodeMiddleware {
  return (req, res, next) => {
    const known = sessions.tryGet(req);
    const named = (req as unknown as Record<string, object | undefined>)[as];
    if (named !== undefined && named !== known && !isSkipped(sessions, named)) return next(nameTakenError(as));
    if (known) {
      if (named === undefined) putSession(req, as, known);
      return next();
    }
    if (res.headersSent) return next(tooLate(sessions.name));
    keepAsTables(req, res);
    const mount = (opened: OpenSession<Data>): void => {
      putSession(req, as, opened.session);
      if (!noteSkipped(sessions, req, opened.session)) {
        const committable = unlessDeleted(opened, as, () => Object.hasOwn(req, as));
        commitBeforeResponse(res, committable, next);
      }
      next();
    };
    const opened = sessions.open(headOf(req), { carriers: [req], lazy });
    if (isPromise(opened)) opened.then(mount, next);
    else mount(opened);
  };
}

const tooLate = (name: string): SessionError =>
  new SessionError(
    "HEADERS_SENT",
    `The session "${name}" is mounted on a request whose response has begun, so it could not be stored any more. Mount it before the handlers that answer.`,
  );
