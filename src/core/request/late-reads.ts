import { SessionError } from "../../types/errors.ts";
import type { PendingAnswer } from "../../types/sessions.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { isDescribed, sharing } from "../http/cache-fields.ts";
import type { RequestSession } from "./request-session.ts";
import { cacheEdits } from "./response-edits.ts";

/**
 * What the answer says to caches where the session was not read before it. One that is still being made may read the
 * session yet, so caches that are shared may not keep it. One whose maker knew all of it before, such as a file, may be
 * kept, and the session cannot be read any more until it has left.
 */
export function cachesUnread(
  request: RequestSession,
  answer: PendingAnswer | undefined,
): HeaderEdit[] | Promise<HeaderEdit[]> {
  if (request.tokens.length === 0 || !isKept(request)) return [];
  request.late = "unknown";
  if (!answer) return [];
  const { headers } = answer;
  const said = sharing(headers);
  const isWhole = answer.isWhole();
  request.late = "harmless";
  if (isWhole === true || said === "private") return [];
  if (isDescribed(headers)) {
    if (said === "shared") request.late = answer;
    return [];
  }
  if (said === "open" || isWhole === false || !answer.whenKnown) return cacheEdits(request, []);
  return answer.whenKnown().then((known) => (known && !request.isAccessed ? [] : cacheEdits(request, [])));
}

/** Caches answer nothing but these two from what they keep. */
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
      "The session was first read after its response had begun, and that response lets shared caches keep it, so what the session holds could be shown to others. Read the session before the response begins, or answer with Cache-Control: private.",
    );
  }
}
