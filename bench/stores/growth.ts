import type { SessionStore } from "coatcheck";
import { ours } from "./ours.ts";
import type { StoreSettings } from "./settings.ts";
import { perSecond } from "./throughput.ts";

export const grown = ["read", "create signed in", "replace", "touch", "list of a user"] as const;

export interface GrowthRow {
  readonly store: string;
  readonly sessions: number;
  /** Operations per second, in the order of `grown`. */
  readonly rates: readonly number[];
}

/** Puts the sessions of these numbers into a store, in whatever way is fast. */
export type Fill = (from: number, to: number) => Promise<void>;

/** Above every number that is filled in. */
const firstCreated = 100_000_000;

/** How fast a store is while it holds more and more sessions. */
export async function measureGrowth(
  store: SessionStore,
  fill: Fill,
  sizes: readonly number[],
  { concurrency, slice, rounds }: StoreSettings,
  log: (line: string) => void,
): Promise<GrowthRow[]> {
  const subject = ours(store, firstCreated);
  const rows: GrowthRow[] = [];
  let filled = 0;
  for (const sessions of sizes) {
    const start = performance.now();
    await fill(filled, sessions);
    filled = sessions;
    log(`${store.name}: ${sessions} sessions, filled in ${((performance.now() - start) / 1000).toFixed(0)} s`);

    const list = async (session: number): Promise<void> => {
      const page = await store.list?.("session", { userId: `user-${session}`, limit: 100 }, Date.now());
      if (page?.records.length !== 1) throw new Error(`${store.name}: user ${session} must have one session`);
    };
    const measured = async (operate: (session: number) => Promise<unknown>): Promise<number> => {
      // A worker has sessions of its own, and a prime step takes it all over the store.
      const each = Math.floor(sessions / concurrency);
      const turned = (worker: number, turn: number) => operate(((turn * 7919) % each) * concurrency + worker);
      await perSecond(concurrency, slice, turned);
      return perSecond(concurrency, slice * rounds, turned);
    };
    rows.push({
      store: store.name,
      sessions,
      rates: [
        await measured(subject.read),
        await measured(subject.createSignedIn),
        await measured(subject.replace),
        await measured(subject.touch),
        await measured(list),
      ],
    });
  }
  return rows;
}
