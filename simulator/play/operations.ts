import type { Session } from "coatcheck";
import type { Fact } from "../oracle/fact.ts";
import type { SessionFacts } from "../oracle/session.ts";
import type { Operation } from "../plan/plan.ts";
import type { Data } from "../world/process.ts";
import { attempt } from "./attempt.ts";
import { checkFence } from "./fence.ts";
import { lifetime } from "./lifetime.ts";
import { limit, limitOf } from "./limit.ts";
import { turn } from "./turn.ts";
import type { Visit } from "./visit.ts";

/** Does one thing with a session, and tells the oracle. Throws what the library throws. */
export async function perform(visit: Visit, session: Session<Data>, operation: Operation, mark: string): Promise<void> {
  switch (operation.do) {
    case "look":
      return look(visit, session);
    case "wait":
      visit.say(`waits ${operation.milliseconds} ms`);
      return visit.stage.world.scheduler.wait(operation.milliseconds, visit.process);
    case "set":
    case "rewrite":
    case "delete":
    case "take":
      return change(visit, session, operation.do, keyFor(visit, operation.key), mark);
    case "count":
      return count(visit, session);
    case "flash":
      return flash(visit, session, mark);
    case "flashes":
      return flashes(visit, session);
    case "limit":
      return limit(visit, session, operation, mark);
    case "lifetime":
      return lifetime(visit, session, operation);
    case "login":
    case "regenerate":
      return turn(visit, session, operation.do);
    case "destroy":
      return destroy(visit, session);
    case "save":
      await attempt(visit, [], () => session.save());
      visit.saved(session.id);
      return visit.say("has saved");
  }
}

const keyFor = ({ stage, process }: Visit, key: string): string => (stage.hiddenKey(process) === key ? "a" : key);

/** Reads everything. What is pending here is nobody else's business yet. */
function look(visit: Visit, session: Session<Data>): void {
  if (visit.pending.length > 0) return;
  const values = session.toObject();
  visit.say(`reads ${JSON.stringify(values)} in ${visit.stage.world.trace.name(session.id)}`);
  if (!visit.isStored) return;
  const { oracle } = visit.stage;
  const seen = visit.look(visit.viewedFrom);
  oracle.values(session.id, values, seen, visit.stage.hiddenKey(visit.process));
  oracle.limit(session.id, limitOf(session), seen);
}

async function change(
  visit: Visit,
  session: Session<Data>,
  word: "set" | "rewrite" | "delete" | "take",
  key: string,
  mark: string,
): Promise<void> {
  const seen = word === "take" ? undefined : (session.get(key) as string | undefined);
  const value = word === "set" ? mark : word === "rewrite" ? seen : undefined;
  const before = visit.pending.find((pending) => pending.key === key);
  const from = before ? before.from : seen;
  const write = (fact: Fact): void => {
    const move = (to: SessionFacts, again: Fact): void => void to.register(key).writes.push({ value, fact: again });
    const facts = visit.facts(session);
    move(facts, fact);
    visit.replace((one) => one.key === key, {
      fact,
      sessionId: facts.id,
      key,
      isReason: value !== undefined,
      move,
      from,
      to: value,
    });
  };
  // What ends as it was when the request looked is no write.
  const fact = (): Fact => visit.begin(value === from ? visit.viewedFrom : undefined);
  if (word === "set" || word === "rewrite") {
    if (value === undefined) return;
    session.set(key, value);
    write(fact());
    return visit.say(`${word}s ${key} to ${value}`);
  }
  if (word === "delete") {
    if (session.delete(key)) write(fact());
    return visit.say(`deletes ${key}`);
  }
  if (!visit.isStored) {
    const taken = await session.take(key);
    if (taken !== undefined) write(visit.begin());
    return visit.say(`takes ${key} of its own: ${taken}`);
  }
  return take(visit, session, key);
}

async function take(visit: Visit, session: Session<Data>, key: string): Promise<void> {
  const facts = visit.facts(session);
  const fact = visit.begin();
  const start = visit.stage.oracle.start();
  facts.register(key).writes.push({ value: undefined, fact });
  const own = visit.pending.filter((pending) => pending.key === key);
  for (const pending of own) pending.isReason = false;
  const taken = await attempt(visit, [fact], () => session.take(key));
  visit.say(`takes ${key}: ${taken}`);
  if (session.id !== facts.id) {
    // A login whose session was gone has begun a new one, which had only what this request wrote.
    visit.settle(fact, "refused");
    visit.committed(session.id, key);
    const again = { ...visit.stage.oracle.now(), began: fact.began };
    visit.facts(session).register(key).writes.push({ value: undefined, fact: again });
  } else {
    if (taken !== undefined) visit.stage.oracle.took(facts.id, key, `${taken}`, fact);
    if (own.length === 0) visit.stage.oracle.value(facts.id, key, taken, visit.look(start));
    checkFence(visit, facts, fact);
    visit.settle(fact, visit.lags ? "unknown" : "done");
  }
  visit.committed(session.id, key);
}

async function count(visit: Visit, session: Session<Data>): Promise<void> {
  const facts = visit.facts(session);
  const fact = visit.begin();
  const tell = facts.counter.begin(fact);
  const told = await attempt(visit, [fact], () => session.update("n", (now) => Number(now ?? 0) + 1));
  const { id } = session;
  if (id === facts.id) {
    tell(Number(told));
    checkFence(visit, facts, fact);
    visit.settle(fact, "done");
  } else {
    visit.settle(fact, "refused");
    visit.committed(id, "n");
    visit.stage.oracle.sessions.get(id)?.counter.begin({ ...visit.stage.oracle.now(), began: fact.began })(
      Number(told),
    );
  }
  visit.say(`counts to ${told}`);
  visit.committed(id, "n");
}

function flash(visit: Visit, session: Session<Data>, mark: string): void {
  session.flash(mark);
  const facts = visit.facts(session);
  const fact = visit.begin();
  const move = (to: SessionFacts, again: Fact): void => to.messages.send(mark, again);
  move(facts, fact);
  visit.pending.push({ fact, sessionId: facts.id, key: "flash", isReason: true, move });
  visit.say(`leaves the message ${mark}`);
}

async function flashes(visit: Visit, session: Session<Data>): Promise<void> {
  if (!visit.isStored) return;
  const { oracle } = visit.stage;
  const facts = visit.facts(session);
  const start = oracle.start();
  const fact = visit.begin();
  facts.messages.call(fact);
  const messages = await attempt(visit, [fact], () => session.flashes<string>());
  for (const message of messages) oracle.received(facts.id, message, fact, visit.look(start));
  if (messages.length > 0) checkFence(visit, facts, fact);
  visit.settle(fact, "done");
  visit.say(`receives the messages ${JSON.stringify(messages)}`);
  // A login went along, if there was one; and if its session was gone, it is in a new one now.
  visit.hasCommitted = true;
  visit.committedAt = visit.stage.world.now;
  if (session.id !== facts.id) visit.committed(session.id, "flash");
}

async function destroy(visit: Visit, session: Session<Data>): Promise<void> {
  const known = visit.stage.oracle.sessions.get(session.id);
  const fact = visit.begin();
  known?.endings.push({ fact, why: "its destruction" });
  await attempt(visit, [fact], () => session.destroy());
  visit.settle(fact, "done");
  visit.failed("refused");
  visit.isStored = false;
  visit.say(`destroys ${known ? visit.stage.world.trace.name(known.id) : "its session"}`);
}
