import type { Session } from "coatcheck";
import type { Fact } from "../oracle/fact.ts";
import type { SessionFacts } from "../oracle/session.ts";
import type { Data } from "../world/process.ts";
import type { Visit } from "./visit.ts";

/** Login or regenerate: each ends the tokens that were given out before. */
export function turn(visit: Visit, session: Session<Data>, word: "login" | "regenerate"): void {
  if (word === "regenerate" && !visit.isStored) {
    // A session that is not stored has no secret yet.
    session.regenerate();
    visit.say("regenerates what is not stored");
    return;
  }
  const facts = visit.facts(session);
  const client = visit.stage.clients.find(({ name }) => name === facts.owner);
  const userId = client?.userId ?? facts.owner;
  if (word === "login") session.login(userId);
  else session.regenerate();
  const fact = visit.begin();
  const withdrawal = visit.begin();
  visit.turns.push(fact);
  facts.turns.push(fact);
  facts.endings.push({ fact: withdrawal, why: "its withdrawal" });
  const why = word === "login" ? "a login" : "a regeneration";
  for (const token of facts.tokens) token.ends.push({ fact, why, grace: 0 });
  const [by, from] = [visit.process, visit.stage.world.now];
  const move = (to: SessionFacts, again: Fact): void => {
    if (word !== "login") return;
    to.logins.push({ userId, fact: again, by, from });
    for (const one of visit.stage.oracle.revoking) {
      if (one.userId === userId && one.fact.ended >= again.began)
        to.endings.push({ fact: one.fact, why: "the revocation of all" });
    }
  };
  move(facts, fact);
  visit.pending.push({ fact, sessionId: facts.id, isReason: word === "login", move, withdrawal });
  visit.say(word === "login" ? `signs ${userId} in` : "regenerates");
}
