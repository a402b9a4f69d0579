import type { Fact, Rewind } from "./fact.ts";
import type { Login, SessionFacts } from "./session.ts";

/** All sessions of a user were ended, also those whose login was under way. */
export interface Revocation {
  readonly userId: string;
  readonly fact: Fact;
  readonly by: object;
  /** The time of the call. */
  readonly from: number;
}

/** Two processes tell the time of each other's calls by clocks, which they compare by messages. In milliseconds. */
const slack = 1_000;

/** Ends the sessions whose login was acknowledged, and began before a revocation that was acknowledged. */
export function endRevoked(
  sessions: Iterable<SessionFacts>,
  revocations: readonly Revocation[],
  rewinds: readonly Rewind[],
): void {
  for (const { logins, endings } of sessions) {
    for (const revocation of revocations) {
      const { fact } = revocation;
      if (fact.outcome !== "done" || endings.some((one) => one.fact === fact)) continue;
      const isRevoked = logins.some((login) => precedes(login, revocation) && !isLost(login, revocation, rewinds));
      if (isRevoked) endings.push({ fact, why: "the revocation of all" });
    }
  }
}

function precedes(login: Login, { userId, fact, by, from }: Revocation): boolean {
  if (login.userId !== userId || login.fact.outcome !== "done") return false;
  return login.by === by ? login.fact.began < fact.began : login.from + slack < from;
}

/** The store may have forgotten the login when the revocation came. */
const isLost = ({ fact: { began } }: Login, { fact: { ended } }: Revocation, rewinds: readonly Rewind[]): boolean =>
  rewinds.some(({ at }) => at > began && at < ended);
