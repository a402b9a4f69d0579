import type { Session } from "coatcheck";
import type { Fact } from "../oracle/fact.ts";
import type { SessionFacts } from "../oracle/session.ts";
import type { Operation } from "../plan/plan.ts";
import type { Data } from "../world/process.ts";
import { managersIdle } from "./application.ts";
import type { Visit } from "./visit.ts";

type Limit = Operation & { readonly do: "limit" };

/** Gives the session an idle limit of its own, that nobody else sets, or returns it to the manager's. */
export function limit(visit: Visit, session: Session<Data>, { by, hours }: Limit, mark: string): void {
  const milliseconds = hours * 3_600_000 + Number(mark.replace(".", ""));
  const before = visit.pending.find((one) => one.limit === "idle");
  const seen = limitOf(session);
  if (seen === "unknown") return;
  const from = before ? before.from : seen;
  if (by === "remember") session.remember(`${milliseconds}ms`);
  else session.expireAfter({ idle: by === "default" ? by : `${milliseconds}ms` });
  const value = by === "default" ? undefined : `${milliseconds} ms`;
  const move = (to: SessionFacts, fact: Fact): void => void to.idle.writes.push({ value, fact });
  const facts = visit.facts(session);
  // What ends as it was when the request looked is no write.
  const fact = visit.begin(value === from ? visit.viewedFrom : undefined);
  move(facts, fact);
  visit.replace((one) => one.limit === "idle", {
    ...{ fact, sessionId: facts.id, isReason: value !== undefined, move, from, to: value, limit: "idle" },
  });
  visit.say(
    `sets the idle limit to ${value ?? "the manager's"} by ${by === "remember" ? "remember()" : "expireAfter()"}`,
  );
}

/** The idle limit that a session shows; `undefined`: the manager's. Its absolute limit may hide it. */
export function limitOf({ idleExpiresAt, absoluteExpiresAt, lastSeenAt }: Session<Data>): string | undefined {
  if (!idleExpiresAt || Number(idleExpiresAt) >= Number(absoluteExpiresAt)) return "unknown";
  const length = Number(idleExpiresAt) - Number(lastSeenAt);
  return length === managersIdle ? undefined : `${length} ms`;
}
