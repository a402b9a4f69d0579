import { isError } from "../../core/language/shape.ts";
import type { SessionEvent } from "../../types/events.ts";
import { refusalHelp } from "../shared/refusal-help.ts";

/** Says what an event means. `cure` says what to do, if the event calls for something. */
export interface Explanation {
  readonly text: string;
  readonly cure?: string;
}

export function explainEvent(event: SessionEvent): Explanation {
  switch (event.type) {
    case "opened":
      return { text: `Session ${event.id} was opened${ofUser(event.userId)}.` };
    case "created":
      return { text: `Session ${event.id} was created.` };
    case "committed":
      return { text: `Changes of session ${event.id} were stored${inAttempts(event.attempts)}.` };
    case "touched":
      return { text: `A visit of session ${event.id} was recorded.` };
    case "rotated":
      return { text: `Session ${event.id} has a new secret (${event.by}); the browser gets a new cookie.` };
    case "imported":
      return { text: `Session ${event.id}${ofUser(event.userId)} was taken over from ${event.source}.` };
    case "login":
      return { text: `User ${JSON.stringify(event.userId)} has signed in, in session ${event.id}.` };
    case "destroyed":
      return { text: `Session ${event.id} was ended.` };
    case "refused":
      return refused(event);
    case "reuse":
      return {
        text: `A replaced token of session ${event.id}${ofUser(event.userId)} came back.`,
        cure: "Somebody has a copy of it, or a client keeps its first cookie for ever. See docs/security.md.",
      };
    case "conflict":
      return {
        text: `Another request changed session ${event.id} first; attempt ${event.attempt} failed, and there is another one.`,
      };
    case "store-error":
      return {
        text: `The store failed at "${event.operation}": ${withCauses(event.error)}`,
        cure: "Look whether the database runs and the URL is right. npx coatcheck doctor asks it.",
      };
    case "evicted":
      return event.by === "user-limit"
        ? { text: `Session ${event.id} was ended, because its user has more than maxSessionsPerUser.` }
        : {
            text: `Session ${event.id} was ended, because the store is full.`,
            cure: "Raise maxSessions or maxBytes of memoryStore().",
          };
    case "pruned":
      return { text: `${event.count} expired records were deleted.` };
    case "warning":
      return { text: `${event.code}: ${event.message}` };
  }
}

const ofUser = (userId: string | undefined): string =>
  userId === undefined ? "" : ` of user ${JSON.stringify(userId)}`;

const inAttempts = (attempts: number): string => (attempts === 1 ? "" : ` at attempt ${attempts}`);

function refused({ reason, id, anomaly, source }: Extract<SessionEvent, { readonly type: "refused" }>): Explanation {
  if (source !== undefined) return { text: `A cookie of ${source} opened nothing (${reason}).`, cure: oldCookie };
  const { cause, cure } = refusalHelp[reason];
  const whose = id === undefined ? "A token" : `A token of session ${id}`;
  const warning = anomaly ? " Its owner has a newer one, so it may have been stolen." : "";
  return { text: `${whose} opened nothing (${reason}): ${cause}${warning}`, cure };
}

const oldCookie =
  "If it should have, look whether secret and store of the source are those of the old application. See docs/moving/live-sessions.md.";

/** The words of the database are often those that help. */
function withCauses(error: unknown): string {
  if (!isError(error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} ${withCauses(error.cause)}`;
}
