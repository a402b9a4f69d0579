import type { SessionStore } from "coatcheck";
import { createSessions } from "coatcheck";
import { ours, recordOf } from "./ours.ts";

export interface PruneRow {
  readonly store: string;
  readonly pruned: number;
  readonly seconds: number;
  /** The longest that a concurrent read or write took, milliseconds: with pruning, and as long without. */
  readonly longest: number;
  readonly longestWithout: number;
}

const live = 1_000;

/** Prunes many expired sessions as a manager does, while requests go on. The store must hold nothing else. */
export async function measurePruning(store: SessionStore, expired: number): Promise<PruneRow> {
  const subject = ours(store);
  for (let made = 0; made < live; made += 20)
    await Promise.all(Array.from({ length: 20 }, () => subject.createSignedIn()));
  const past = Date.now() - 1;
  for (let made = 0; made < expired; made += 100) {
    const batch = Array.from({ length: 100 }, (_, n) => ({
      ...recordOf(live + made + n, past - 1000),
      expiresAt: past,
    }));
    await Promise.all(batch.map((record) => store.create(record, past - 1000)));
  }
  const sessions = createSessions({ store, pruneInterval: false, storeTimeout: "60s" });

  const requestsDuring = async <Result>(work: Promise<Result>): Promise<{ result: Result; longest: number }> => {
    let isOver = false;
    const over = work.finally(() => {
      isOver = true;
    });
    let longest = 0;
    for (let turn = 0; !isOver; turn = (turn + 1) % live) {
      const start = performance.now();
      await (turn % 2 ? subject.replace(turn) : subject.read(turn));
      longest = Math.max(longest, performance.now() - start);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return { result: await over, longest };
  };

  const start = performance.now();
  const { result: pruned, longest } = await requestsDuring(sessions.prune());
  const milliseconds = performance.now() - start;
  const idle = new Promise((resolve) => setTimeout(resolve, milliseconds));
  const { longest: longestWithout } = await requestsDuring(idle);
  if (pruned !== expired) throw new Error(`${store.name}: pruned ${pruned} of ${expired}`);
  return { store: store.name, pruned, seconds: milliseconds / 1000, longest, longestWithout };
}
