import { createSessions, type SessionStore } from "coatcheck";
import type { Awaitable } from "../../../src/types/awaitable.ts";
import { Random } from "../../support/random.ts";
import type { RecordInput, RecordOutput } from "../models/record-model.ts";
import type { SessionInput, SessionOutput, Visit } from "../models/session-model.ts";
import { SessionTable } from "../models/session-table.ts";
import type { Operation } from "./history.ts";
import { recordClient } from "./record-client.ts";
import { historiesOf, type Line, Recorder } from "./recorder.ts";
import { generateId, sessionClient } from "./session-client.ts";

const clients = 6;
const slots = 2;
const epoch = 1_700_000_000_000;

/** Clients of one process that work on records, in an order that only the seed decides. */
export async function recordsOf(
  store: SessionStore,
  seed: number,
): Promise<Map<string, Operation<RecordInput, RecordOutput>[]>> {
  const { recorder, lines } = newRecorder<RecordInput, RecordOutput>();
  const shared = {
    store: slowed(store, new Random(seed)),
    namespace: "records",
    now: epoch,
    patience: 60_000,
    slots,
    recorder,
  };
  await run((n) => recordClient({ ...shared, name: `${n}`, random: new Random(seed * clients + n) }), 80);
  return historiesOf([lines]);
}

/** Clients that work on sessions, of two managers that share no queue, as two processes would. */
export async function sessionsOf(
  store: SessionStore,
  seed: number,
): Promise<Map<string, Operation<SessionInput, SessionOutput>[]>> {
  const { recorder, lines } = newRecorder<SessionInput, SessionOutput>();
  const slow = slowed(store, new Random(seed));
  const members = [0, 1].map((own) => ({
    sessions: createSessions<Visit>({ store: slow, generateId, pruneInterval: false, observer: () => undefined }),
    table: new SessionTable(slots, (slot) => slot % 2 === own),
  }));
  const shared = { isFaulty: false, recorder };
  await run((n) => {
    const member = members[n % 2] as (typeof members)[0];
    return sessionClient({ ...shared, ...member, name: `${n}`, random: new Random(seed * clients + n) });
  }, 80);
  return historiesOf([lines]);
}

/** A clock that counts: what happened first has the lower number. */
function newRecorder<Input, Output>(): { recorder: Recorder<Input, Output>; lines: Line<Input, Output>[] } {
  let time = 0;
  const lines: Line<Input, Output>[] = [];
  return {
    recorder: new Recorder(
      () => time++,
      (line) => lines.push(line),
    ),
    lines,
  };
}

async function run(makeClient: (n: number) => () => Promise<void>, operations: number): Promise<void> {
  const all = Array.from({ length: clients }, async (_, n) => {
    const step = makeClient(n);
    for (let done = 0; done < operations; done++) await step();
  });
  await Promise.all(all);
}

/** Lets others go first, before and after each call. */
function slowed(store: SessionStore, random: Random): SessionStore {
  const some = async (): Promise<void> => {
    for (let turns = random.below(4); turns > 0; turns--) await turn();
  };
  const slow =
    <Args extends unknown[], Result>(run: (...args: Args) => Awaitable<Result>) =>
    async (...args: Args): Promise<Result> => {
      await some();
      try {
        return await run(...args);
      } finally {
        await some();
      }
    };
  const { read, create, replace, touch, delete: remove } = store;
  return {
    ...store,
    read: slow(read),
    create: slow(create),
    replace: slow(replace),
    touch: slow(touch),
    delete: slow(remove),
  };
}

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
