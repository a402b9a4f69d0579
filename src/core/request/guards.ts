import type { Awaitable } from "../../types/awaitable.ts";
import { gone, SessionError } from "../../types/errors.ts";
import { type Flow, later, run } from "../language/flow.ts";
import { readLate } from "./late-reads.ts";
import type { RequestSession } from "./request-session.ts";

/**
 * @throws SessionError SESSION_NOT_LOADED, SESSION_NOT_MOUNTED (skipped), the store's on load, or SESSION_CLOSED for a first
 * read while a response leaves that shared caches may keep
 */
export function assertReadable(request: RequestSession): RequestSession {
  const { problem } = request;
  const isStoreDown = problem?.code === "STORE_UNAVAILABLE" || problem?.code === "STORE_TIMEOUT";
  if (problem && !(isStoreDown && request.context.config.onStoreError === "anonymous")) throw problem;
  if (!request.isLoaded) throw notLoaded();
  if (request.isClosed && !request.isAccessed) readLate(request);
  request.isAccessed = true;
  return request;
}

/** @throws SessionError as `readable`, SESSION_CLOSED after the commit, SESSION_GONE where nobody could have the session */
export function assertOpen(request: RequestSession): RequestSession {
  assertReadable(request);
  if (request.problem) throw request.problem;
  if (request.isClosed || (request.isTaken && !request.hasFailed)) throw closed();
  if (isOrphan(request)) throw gone();
  return request;
}

/** @throws SessionError as `open`, SESSION_GONE for a token that login or regenerate ended, SESSION_UNREADABLE */
export function assertWritable(request: RequestSession): RequestSession {
  assertOpen(request);
  if (request.isRetired) throw gone();
  return unbarred(request);
}

/** @throws SessionError SESSION_UNREADABLE */
export function unbarred(request: RequestSession): RequestSession {
  if (request.bar) throw request.bar;
  return request;
}

/** Runs an operation that commits on its own. On a stored session it may also run after the response. */
export function runImmediately<T>(request: RequestSession, operation: () => Flow<T>): Promise<T> {
  const start = (): Awaitable<T> => {
    assertReadable(request);
    if (request.problem) throw request.problem;
    if (request.isRetired || isOrphan(request)) throw gone();
    if (request.isClosed && (request.backend.kind === "sealed" || !request.saved)) throw headersSent();
    return run(operation());
  };
  return request.isClosed ? later(start) : request.background.run(start);
}

/** A background `edit()` ended the session. There is no response that could carry the token of a new one. */
const isOrphan = (request: RequestSession): boolean => request.isEnded && !request.channel;

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
