import { gone, SessionError } from "../../types/errors.ts";
import { readLate } from "./late-reads.ts";
import type { Visit } from "./request-session.ts";

/** What a visit allows: to look, to change what the commit will store, to do what is durable on its own. */

/**
 * @throws SessionError SESSION_NOT_LOADED, SESSION_NOT_MOUNTED (skipped), the store's on load, or SESSION_CLOSED for a first
 * read while a response leaves that shared caches may keep
 */
export function readable(visit: Visit): Visit {
  const { problem } = visit;
  const isStoreDown = problem?.code === "STORE_UNAVAILABLE" || problem?.code === "STORE_TIMEOUT";
  if (problem && !(isStoreDown && visit.engine.config.onStoreError === "anonymous")) throw problem;
  if (!visit.isLoaded) throw notLoaded();
  if (visit.isClosed && !visit.isAccessed) readLate(visit);
  visit.isAccessed = true;
  return visit;
}

/** @throws SessionError as `readable`, SESSION_CLOSED after the commit, SESSION_GONE where nobody could have the session */
export function open(visit: Visit): Visit {
  readable(visit);
  if (visit.problem) throw visit.problem;
  if (visit.isClosed) throw closed();
  if (isOrphan(visit)) throw gone();
  return visit;
}

/** @throws SessionError as `open`, SESSION_GONE for a token that login or regenerate ended, SESSION_UNREADABLE */
export function writable(visit: Visit): Visit {
  open(visit);
  if (visit.isRetired) throw gone();
  return unbarred(visit);
}

/** @throws SessionError SESSION_UNREADABLE */
export function unbarred(visit: Visit): Visit {
  if (visit.bar) throw visit.bar;
  return visit;
}

/** Runs what is durable on its own, which a stored session allows after the response has left, too. */
export function startDurable<T>(visit: Visit, operation: () => Promise<T>): Promise<T> {
  const checked = async (): Promise<T> => {
    readable(visit);
    if (visit.problem) throw visit.problem;
    if (visit.isRetired || isOrphan(visit)) throw gone();
    if (visit.isClosed && (visit.keeper.kind === "sealed" || !visit.held)) throw headersSent();
    return operation();
  };
  return visit.isClosed ? checked() : visit.started.run(checked);
}

/** Work behind the visitor's back has ended the session; nobody could have the token of a new one. */
const isOrphan = (visit: Visit): boolean => visit.isEnded && !visit.channel;

function notLoaded(): SessionError {
  return new SessionError(
    "SESSION_NOT_LOADED",
    "This session was mounted with lazy: true and is not loaded yet. Write `await session.load()` before using it.",
  );
}

function closed(): SessionError {
  return new SessionError(
    "SESSION_CLOSED",
    "The session was changed after its response had begun, so the change cannot be stored with it. Change it earlier; later on use update() or take(), or sessions.edit().",
  );
}

function headersSent(): SessionError {
  return new SessionError(
    "HEADERS_SENT",
    "The response has begun, so the client cannot be told a new or changed token any more. Do this before the response.",
  );
}
