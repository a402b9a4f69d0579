import { isPromise } from "../../crypto/awaitable.ts";
import { SessionError } from "../../types/errors.ts";
import type { OpenSession, SessionManager } from "../../types/sessions.ts";
import type { RequestHead } from "../../types/transport.ts";
import { isSkipped, nameTakenError, noteSkipped } from "../shared/already-mounted.ts";
import { checkMount, type MountOptions } from "../shared/mount-options.ts";
import { defineSession, unlessDeleted } from "../shared/session-property.ts";
import { useDictionaryMode } from "./dictionary-mode.ts";
import { commitBeforeResponse } from "./response/committed-response.ts";
import type { Next, NodeMiddleware, NodeRequest } from "./types.ts";

/** Returns middleware that opens a request's session, mounts it, and delays the response until the commit. */
export function mountSession<Data extends object>(
  sessions: SessionManager<Data>,
  options: MountOptions,
  headOf: (req: NodeRequest) => RequestHead,
): NodeMiddleware {
  checkMount(sessions, options);
  const { as = "session", lazy = false } = options;
  const open = (req: NodeRequest, next: Next): ReturnType<typeof sessions.open> | undefined => {
    try {
      return sessions.open(headOf(req), { carriers: [req], lazy });
    } catch (error) {
      next(error);
      return undefined;
    }
  };
  return (req, res, next) => {
    const known = sessions.tryGet(req);
    const named = (req as unknown as Record<string, object | undefined>)[as];
    if (named !== undefined && named !== known && !isSkipped(sessions, named)) return next(nameTakenError(as));
    if (known) {
      if (named === undefined) defineSession(req, as, known);
      return next();
    }
    if (res.headersSent) return next(tooLate(sessions.name));
    useDictionaryMode(req, res);
    const mount = (opened: OpenSession<Data>): void => {
      defineSession(req, as, opened.session);
      if (!noteSkipped(sessions, req, opened.session)) {
        const committable = unlessDeleted(opened, as, () => Object.hasOwn(req, as));
        commitBeforeResponse(res, committable, next);
      }
      next();
    };
    const opened = open(req, next);
    if (isPromise(opened)) opened.then(mount, next);
    else if (opened) mount(opened);
  };
}

const tooLate = (name: string): SessionError =>
  new SessionError(
    "HEADERS_SENT",
    `The session "${name}" was mounted on a request whose response has begun, so its changes could no longer be stored. Mount it before the handlers that respond.`,
  );
