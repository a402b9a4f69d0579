import { SessionError } from "../../types/errors.ts";
import type { PendingResponse } from "../../types/outcome.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { isDescribed, sharing } from "../http/cache-fields.ts";
import type { RequestSession } from "./request-session.ts";
import { cacheEdits } from "./response-edits.ts";

/**
 * Returns the cache headers of a response that did not read the session. One that is still being produced may read it
 * yet, so shared caches may not store it. One that was complete before, such as a file, may be stored, and the session
 * cannot be read until it was sent.
 */
export function cachesUnread(
  request: RequestSession,
  pending: PendingResponse | undefined,
): HeaderEdit[] | Promise<HeaderEdit[]> {
  if (request.isAnonymous || !isKept(request)) return [];
  request.late = "unknown";
  if (!pending) return [];
  const { headers } = pending;
  const said = sharing(headers);
  const isWhole = pending.isWhole();
  request.late = "harmless";
  if (isWhole === true || said === "private") return [];
  if (isDescribed(headers)) {
    if (said === "shared") request.late = pending;
    return [];
  }
  if (said === "open" || isWhole === false || !pending.whenKnown) return cacheEdits(request, []);
  return pending.whenKnown().then((known) => (known && !request.isAccessed ? [] : cacheEdits(request, [])));
}

/** Caches serve only these two methods from what they store. */
function isKept({ channel }: RequestSession): boolean {
  const method = channel?.context.head.method;
  return method === "GET" || method === "HEAD";
}

/** A first read of the session after its response has begun. @throws SessionError SESSION_CLOSED */
export function readLate(request: RequestSession): void {
  const { late, context } = request;
  if (late === "unknown") {
    context.warnOnce(
      "LATE_READ",
      "A session was first read after its response had begun, and nothing is known of that response: a shared cache may keep it and show it to others. Read the session earlier, or answer with Cache-Control: private.",
    );
  } else if (late !== "harmless" && late?.isOver?.() !== true) {
    throw new SessionError(
      "SESSION_CLOSED",
      "A session was first read after its response had begun, and that response lets shared caches keep it and show it to others. Read the session earlier, or answer with Cache-Control: private.",
    );
  }
}
