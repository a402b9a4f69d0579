import { type Fact, type Look, type Rewind, standingOf } from "./fact.ts";
import type { SessionFacts, Token } from "./session.ts";

/** The options of the managers that decide how long a session lives, in milliseconds. */
export interface Limits {
  readonly idle: number;
  readonly absolute: number;
  readonly rotateAfter: number | undefined;
  readonly grace: number;
  /** A login beyond the limit ends another session of the user. */
  readonly evictsOldest: boolean;
}

/** What a look is judged by. */
export interface Context {
  readonly limits: Limits;
  readonly rewinds: readonly Rewind[];
  readonly sessions: Iterable<SessionFacts>;
}

/** Nothing is said about a session so close to a limit: messages take time, and clocks are compared by messages. */
const slack = 20_000;
const touchInterval = 60_000;
const never = Number.POSITIVE_INFINITY;

/** Why this session cannot be there, if it cannot. */
export function whyGone(session: SessionFacts, look: Look, { limits, rewinds }: Context): string | undefined {
  const { creation, createdFrom, endings, logins, activeUntil, lifetime } = session;
  if (standingOf(creation, look, rewinds) === "absent") return "the store has lost it, or never had it";
  const ending = endings.find(({ fact }) => standingOf(fact, look, rewinds) === "firm");
  if (ending) return `${ending.why} was acknowledged before`;
  // What was lost may have been used later than what is left.
  if (look.at > activeUntil + limits.idle + slack) return "its idle limit was over";
  const started = Math.max(createdFrom, ...logins.map(({ fact }) => fact.at));
  if (look.at > Math.max(started, creation.at) + limits.absolute + slack) return "its absolute limit was over";
  const loggedIn = Math.max(0, ...logins.map(({ fact }) => fact.at));
  if (look.at > lifetime.latest(loggedIn, look, rewinds) + slack) return "an absolute limit of its own was over";
  return undefined;
}

/** Why this token must not open its session, if it must not. */
export function whyClosed(session: SessionFacts, token: Token, look: Look, context: Context): string | undefined {
  if (standingOf(token.issue, look, context.rewinds) === "absent") return "the store has lost what made this token";
  const end = token.ends.find(
    ({ fact, grace }) =>
      standingOf(fact, look, context.rewinds) === "firm" && (grace === 0 || look.at > fact.at + grace + slack),
  );
  return end ? `${end.why} was acknowledged before` : whyGone(session, look, context);
}

/** True if nothing that began before the look ended can have ended the session. */
export function mustBeThere(session: SessionFacts, look: Look, context: Context): boolean {
  const { limits, rewinds } = context;
  const { creation, createdFrom, endings, activeSince, lifetime } = session;
  const mayHave = ({ fact }: { readonly fact: Fact }): boolean => standingOf(fact, look, rewinds) !== "absent";
  if (standingOf(creation, look, rewinds) !== "firm" || endings.some(mayHave)) return false;
  if (isRivalled(session, look, context)) return false;
  // A lost history has its activity with it.
  const from = rewinds.length > 0 ? createdFrom : activeSince;
  const idleEnd = from + shortestIdle(session, limits) - touchInterval;
  return look.at < Math.min(idleEnd, createdFrom + limits.absolute, lifetime.earliest(look, rewinds)) - slack;
}

/** Sessions only have idle limits of their own that are shorter than the managers'. */
const shortestIdle = ({ idle }: SessionFacts, limits: Limits): number =>
  Math.min(limits.idle, ...idle.writes.flatMap(({ value }) => (value === undefined ? [] : Number.parseInt(value, 10))));

/** A periodic rotation may have replaced the token, also one whose response nobody got. */
export const mayBeRotated = ({ issuedFrom }: Token, at: number, { rotateAfter = never }: Limits): boolean =>
  at > issuedFrom + rotateAfter - slack;

/** True if the token has to open its session. */
export function mustOpen(session: SessionFacts, token: Token, look: Look, context: Context): boolean {
  const { rewinds, limits } = context;
  if (standingOf(token.issue, look, rewinds) !== "firm") return false;
  if (token.ends.some(({ fact }) => standingOf(fact, look, rewinds) !== "absent")) return false;
  if (mayBeRotated(token, look.at, limits)) return false;
  return mustBeThere(session, look, context);
}

/** Another login of the same user may end it, where their number is limited that way. */
function isRivalled(session: SessionFacts, look: Look, { limits, sessions }: Context): boolean {
  if (!limits.evictsOldest) return false;
  const users = new Set(session.logins.map(({ userId }) => userId));
  for (const other of sessions) {
    if (other === session) continue;
    if (other.logins.some(({ userId, fact }) => users.has(userId) && fact.began < look.ended)) return true;
  }
  return false;
}
