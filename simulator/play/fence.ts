import { type Fact, standingOf } from "../oracle/fact.ts";
import type { SessionFacts } from "../oracle/session.ts";
import type { Stage } from "./stage.ts";

/** Work that a login elsewhere may shut out. */
interface Fenced {
  readonly stage: Stage;
  readonly name: string;
  /** Its own logins and regenerations. */
  readonly turns: readonly Fact[];
  /** Its session was as it knew it at this moment. */
  readonly knownAt: number;
  readonly lags: boolean;
}

/** A login or regeneration since a visit last knew the session has shut it out, so nothing of it may be acknowledged. */
export function checkFence(visit: Fenced, session: SessionFacts, fact: Fact): void {
  const { oracle, world } = visit.stage;
  const look = oracle.look({ began: fact.began, at: fact.at });
  const turn = session.turns.find(
    (one) =>
      !visit.turns.includes(one) && one.began > visit.knownAt && standingOf(one, look, oracle.rewinds) === "firm",
  );
  if (turn && !visit.lags)
    oracle.fail(`${visit.name} wrote to session ${world.trace.name(session.id)}, although a login has shut it out`);
}
