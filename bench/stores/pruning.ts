import { randomBytes } from "node:crypto";
import type { SessionStore } from "coatcheck";
import { createSessions } from "coatcheck";
import { ours, recordOf } from "./ours.ts";

export interface PruneRow {
  readonly store: string;
  readonly pruned: number;
  readonly seconds: number;
  readonly during: Pauses;
  /** What the machine does anyway, over the same time. */
  readonly without: Pauses;
}

/** Milliseconds. */
interface Pauses {
  /** The longest that a read or a write took from the moment at which it was due, whether or not the process came to it then. */
  readonly request: number;
  /** The most by which a timer of 5 ms came late: so long the event loop stood still. */
  readonly loop: number;
}

const live = 1_000;
/** Milliseconds between two requests, and two looks at the clock. */
const interval = 5;

/** Prunes many expired sessions as a manager does, while requests go on. The store must hold nothing else. */
export async function measurePruning(store: SessionStore, expired: number): Promise<PruneRow> {
  const subject = ours(store);
  for (let made = 0; made < live; made += 20)
    await Promise.all(Array.from({ length: 20 }, () => subject.createSignedIn()));
  const past = Date.now() - 1;
  for (let made = 0; made < expired; made += 100) {
    const batch = Array.from({ length: 100 }, (_, n) => ({
      ...recordOf(live + made + n, past - 1000),
      // As real ones are: deletions in their order, all over the other indexes.
      id: randomBytes(16).toString("base64url"),
      expiresAt: past,
    }));
    await Promise.all(batch.map((record) => store.create(record, past - 1000)));
  }
  const sessions = createSessions({ store, pruneInterval: false, storeTimeout: "60s" });

  const pausesDuring = async (work: Promise<unknown>): Promise<Pauses> => {
    let [request, loop, turn] = [0, 0, 0];
    let due = performance.now() + interval;
    const waiting = new Set<Promise<unknown>>();
    const witness = setInterval(() => {
      const now = performance.now();
      loop = Math.max(loop, now - due);
      // One stopwatch for each request that was due while the loop stood still, started when it was due.
      for (; due <= now; due += interval) {
        const since = due;
        const place = turn++ % live;
        const answered = (place % 2 ? subject.replace(place) : subject.read(place)).then(() => {
          request = Math.max(request, performance.now() - since);
          waiting.delete(answered);
        });
        waiting.add(answered);
      }
    }, interval);
    await work;
    await new Promise((resolve) => setTimeout(resolve, 2 * interval));
    clearInterval(witness);
    await Promise.all(waiting);
    return { request, loop };
  };

  const start = performance.now();
  const pruning = sessions.prune().then((pruned) => ({ pruned, milliseconds: performance.now() - start }));
  const during = await pausesDuring(pruning);
  const { pruned, milliseconds } = await pruning;
  const without = await pausesDuring(new Promise((resolve) => setTimeout(resolve, milliseconds)));
  if (pruned !== expired) throw new Error(`${store.name}: pruned ${pruned} of ${expired}`);
  return { store: store.name, pruned, seconds: milliseconds / 1000, during, without };
}
