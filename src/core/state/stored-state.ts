import type { StoredRecord } from "../../types/store.ts";
import { type Control, type EndedSecret, fromRecord, type SessionState } from "../record/record.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { underWay } from "./change.ts";

/** The clocks of hosts may differ by this much, in milliseconds. */
const tolerance = 300_000;

/**
 * Reads a record that the store has just returned. Times from the future, which a wrong clock wrote, would switch the
 * limits off, so they become the present. The present is that of the reply: the record may have been written since the
 * store was asked. A store keeps the later `lastSeenAt`, so the next write notes the true one in the body (`seenAt`).
 * With `pepper` it always does, because the body is signed and `lastSeenAt` is not.
 *
 * @throws SessionError RECORD_CORRUPT or SESSION_UNREADABLE
 */
export function storedState(record: StoredRecord, { clock, config, bodies }: ManagerContext): SessionState {
  const now = clock.now();
  const state = fromRecord(record, bodies.parse(record.id, record.body));
  const { createdAt, control } = state;
  const isSigned = config.pepper.length > 0;
  const lastSeenAt = isSigned ? (control.seenAt ?? createdAt) : state.lastSeenAt;
  if (lastSeenAt > now + tolerance) return present(state, now);
  return isSigned ? { ...state, lastSeenAt, visitInBody: "noted" } : state;
}

function present(state: SessionState, now: number): SessionState {
  const { createdAt, control } = state;
  const { seenAt = now } = control;
  const isNoted = control.seenAt !== undefined && seenAt <= now + tolerance;
  const start = Math.min(control.start ?? createdAt, now);
  return {
    ...state,
    lastSeenAt: Math.min(seenAt, now),
    control: { ...control, ...timesUntil(now, control), start },
    visitInBody: isNoted ? "noted" : "due",
  };
}

function timesUntil(now: number, control: Control): Control {
  const { authenticatedAt, rotatedAt, absolute, until, previous, retired } = control;
  const sooner = ({ hash, until }: EndedSecret): EndedSecret => ({ hash, until: Math.min(until, now + underWay) });
  return {
    ...(authenticatedAt !== undefined && { authenticatedAt: Math.min(authenticatedAt, now) }),
    ...(rotatedAt !== undefined && { rotatedAt: Math.min(rotatedAt, now) }),
    ...(until !== undefined && absolute !== undefined && { until: Math.min(until, now + absolute) }),
    ...(previous && { previous: sooner(previous) }),
    ...(retired && { retired: retired.map(sooner) }),
  };
}
