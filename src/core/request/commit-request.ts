import type { Awaitable } from "../../types/awaitable.ts";
import type { Outcome } from "../../types/outcome.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { attempt, type Flow, run, wait } from "../language/flow.ts";
import { touchDue } from "../state/expiry.ts";
import { rotationDue } from "../state/rotation.ts";
import { commitChanges, touchSession, withdraw } from "./commit-changes.ts";
import { cachesUnread } from "./late-reads.ts";
import type { RequestSession } from "./request-session.ts";
import { cacheEdits, responseEdits } from "./response-edits.ts";

/**
 * The commit of a request: once, before its response leaves. After a failure it runs once more for the error response,
 * which keeps nothing and only tells the client of what was durable before. A request that left nothing to do is answered
 * at once, so that its response need not wait for a promise.
 */
export function commitRequest(request: RequestSession, outcome: Outcome): Awaitable<HeaderEdit[]> {
  if (request.isClosed || request.problem?.code === "SESSION_NOT_MOUNTED") return [];
  if (request.isLoaded && !request.problem && !isQuiet(request)) {
    // Adapters commit inside `res.end()`, which must not throw.
    return attempt(() => run(commitThenEdit(request, outcome)));
  }
  request.isClosed = true;
  return request.isAccessed ? cacheEdits(request, []) : cachesUnread(request, outcome.response);
}

/** No change to store, no touch or rotation due, and the client has the current token. */
function isQuiet(request: RequestSession): boolean {
  const { authenticated, saved, context } = request;
  if (authenticated !== saved || request.old || !isUntouched(request)) return false;
  if (!saved || !authenticated) return true;
  const now = context.clock.now();
  if (authenticated.secretStatus !== "current" || (request.backend.kind === "sealed" && saved.token === undefined))
    return false;
  if (request.seen !== undefined) return false;
  return !touchDue(saved.state, context.config, now) && !rotationDue(saved, now, context.config);
}

/** A value that cannot be encoded is a change; what is wrong with it will be said when it is collected. */
function isUntouched(request: RequestSession): boolean {
  try {
    return request.isUntouched;
  } catch {
    return false;
  }
}

function* commitThenEdit(request: RequestSession, { status, response: pending }: Outcome): Flow<HeaderEdit[]> {
  if (status >= 500 || request.hasFailed) {
    yield* wait(request.background.ended());
    request.discard();
  } else {
    try {
      yield* commitOrTouch(request);
    } catch (error) {
      request.hasFailed = true;
      throw error;
    }
  }
  try {
    const edits = yield* responseEdits(request);
    request.isClosed = true;
    return edits.length > 0 || request.isAccessed ? edits : yield* wait(cachesUnread(request, pending));
  } catch (error) {
    request.hasFailed = true;
    yield* withdraw(request);
    throw error;
  }
}

function* commitOrTouch(request: RequestSession): Flow<void> {
  yield* wait(request.background.settled());
  const before = request.saved;
  request.isTaken = true;
  yield* commitChanges(request);
  // Work without the user keeps no session alive.
  if (request.isUserActivity && before && request.saved?.state === before.state) yield* touchSession(request);
}
