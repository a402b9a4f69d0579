import { setTimeout as sleep } from "node:timers/promises";
import type { Session, Sessions } from "coatcheck";
import type { Random } from "../../test/support/random.ts";
import type { Operation, Result } from "../protocol.ts";
import type { Recorder } from "./recorder.ts";
import type { SessionSlots } from "./session-slots.ts";
import { type Data, visit } from "./user-data.ts";

/** What all clients of one process share. */
export interface WorkerContext {
  readonly sessions: Sessions<Data>;
  /** Another namespace, with a limit of sessions per user. */
  readonly limited: Sessions<Data>;
  readonly slots: SessionSlots;
  readonly recorder: Recorder;
  /** The names of all clients of all processes. */
  readonly names: readonly string[];
}

/** One that does one thing after the other; the only one who writes under its name. */
export interface Client extends WorkerContext {
  readonly name: string;
  readonly random: Random;
  /** A new one with each call. */
  value(): string;
}

/** What was durable before the handler went on; else it is the commit that decides. */
type Durable = Omit<Result, "outcome"> | undefined;

/** A request from one of the slots. */
export async function asVisitor(
  client: Client,
  operation: Operation,
  work: (session: Session<Data>) => Promise<Durable> | Durable,
): Promise<void> {
  const { sessions, slots, recorder, random } = client;
  const { token, slot = -1 } = operation;
  const { outcome } = await recorder.perform(operation, async () => {
    let durable: Durable;
    const visited = await visit(sessions, token, async (session) => {
      // A handler has other work, during which other requests come.
      if (random.chance(0.3)) await sleep(random.below(15));
      durable = await work(session);
    });
    const { failure, isNothing, given } = visited;
    slots.took(slot, visited.lines);
    if (isNothing) return { outcome: "nothing", given };
    const outcome = failure === undefined ? "done" : recorder.outcomeOf(failure, operation.action);
    return durable === undefined ? { outcome, given } : { ...durable, outcome: "done", given };
  });
  if (outcome === "nothing" && token !== undefined) slots.lost(slot, token);
}
