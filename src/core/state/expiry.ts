import type { Config, Limits } from "../config/config.ts";
import type { SessionState } from "../record/record.ts";

export interface ExpiryTimes {
  readonly idle: number | undefined;
  readonly absolute: number | undefined;
  /** The earlier of the two. */
  readonly first: number;
}

/** The end of the year 9999: a deadline for sessions without limits that every store and every date can hold. */
export const never = 253_402_300_799_000;

type Aging = Pick<SessionState, "createdAt" | "lastSeenAt" | "control">;

function idleLimit(state: Pick<SessionState, "control">, limits: Limits): number | undefined {
  const { idle, remember } = state.control;
  return idle ?? (typeof remember === "number" ? remember : limits.idle);
}

/** When a session ends. Counted from its own times and today's options, so a limit also binds records older than it. */
export function expiryTimes(state: Aging, limits: Limits): ExpiryTimes {
  const idleFor = idleLimit(state, limits);
  const { start = state.createdAt, until = never, probation = never } = state.control;
  const absoluteAt = Math.min(until, limits.absolute === undefined ? never : start + limits.absolute);
  const absolute = absoluteAt === never ? undefined : absoluteAt;
  const idleAt = Math.min(idleFor === undefined ? never : state.lastSeenAt + idleFor, probation);
  const idle = idleAt === never ? undefined : Math.min(idleAt, absoluteAt);
  return { idle, absolute, first: idle ?? absoluteAt };
}

/** Why a session is over at `now`, or `undefined` while it lives. */
export function expired(state: SessionState, limits: Limits, now: number): "idle" | "absolute" | undefined {
  const { absolute, first } = expiryTimes(state, limits);
  if (now < Math.min(first, state.expiresAt)) return undefined;
  return absolute !== undefined && now >= absolute ? "absolute" : "idle";
}

type TouchRules = Pick<Config, "limits" | "touchInterval">;

/** How often activity is recorded, in milliseconds: at least ten times per idle timeout. */
const intervalOf = (state: SessionState, { limits, touchInterval }: TouchRules): number =>
  Math.min(touchInterval, (idleLimit(state, limits) ?? Number.POSITIVE_INFINITY) / 10);

/** Whether activity must be recorded. */
export function touchDue(state: SessionState, rules: TouchRules, now: number): boolean {
  return state.visitInBody === "due" || now - state.lastSeenAt >= intervalOf(state, rules);
}

/** Until when the client is to keep its token; `undefined`: until the browser is closed. */
export function clientDeadline(state: SessionState, remember: boolean): number | undefined {
  const kept = state.control.remember ?? remember;
  return kept === false ? undefined : state.expiresAt;
}

/**
 * Whether the client must be told of a new deadline: as often as activity is recorded, also by writes in between. What the
 * client keeps ends at most so much sooner than the session.
 */
export function clientDeadlineMoved(
  before: SessionState,
  after: SessionState,
  remember: boolean,
  rules: TouchRules,
): boolean {
  const [old, current] = [clientDeadline(before, remember), clientDeadline(after, remember)];
  if (old === undefined || current === undefined) return old !== current;
  const interval = intervalOf(after, rules);
  return Math.floor(old / interval) !== Math.floor(current / interval);
}
