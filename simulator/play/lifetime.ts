import type { Session } from "coatcheck";
import type { Fact } from "../oracle/fact.ts";
import type { SessionFacts } from "../oracle/session.ts";
import type { Operation } from "../plan/plan.ts";
import type { Data } from "../world/process.ts";
import type { Visit } from "./visit.ts";

type LifetimeOperation = Operation & { readonly do: "lifetime" };

/** Gives the session an absolute limit of its own from now on, or returns it to the manager's. */
export function lifetime(visit: Visit, session: Session<Data>, { hours }: LifetimeOperation): void {
  const length = hours === "default" ? undefined : hours * 3_600_000;
  const from = visit.stage.world.now;
  session.expireAfter({ absolute: length === undefined ? "default" : `${length}ms` });
  const facts = visit.facts(session);
  const move = (to: SessionFacts, fact: Fact): void => void to.lifetime.limits.push({ length, from, fact });
  // What ends as it was when the request looked is no write.
  const fact = visit.begin(length === undefined ? visit.viewedFrom : undefined);
  move(facts, fact);
  visit.replace((one) => one.limit === "absolute", {
    ...{ fact, sessionId: facts.id, isReason: length !== undefined, move, limit: "absolute" },
  });
  visit.say(`sets the absolute limit to ${length === undefined ? "the manager's" : `${hours} hours`}`);
}
