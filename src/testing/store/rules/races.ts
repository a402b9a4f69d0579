import type { Awaitable } from "../../../types/awaitable.ts";
import { same } from "../../assert.ts";
import { fresh, keyOf, minute, next, type StoreRule, stamp, stored } from "../rule.ts";

const parallel = 64;
const rounds = 20;

const each = <T>(length: number, run: (n: number) => Awaitable<T>): Promise<T[]> =>
  Promise.all(Array.from({ length }, (_, n) => run(n)));

const winners = (results: readonly boolean[]): number[] => results.flatMap((won, n) => (won ? [n] : []));

/** What holds when operations on one record run at the same time. */
export const raceRules: readonly StoreRule[] = [
  {
    title: "of 64 parallel creates of one key exactly one succeeds, and it is the one that is stored",
    needs: ["atomic"],
    async check(store, now) {
      const record = fresh(now);
      const won = winners(await each(parallel, (n) => store.create({ ...record, body: `by ${n}` }, now)));
      same(won.length, 1, "creates that succeeded");
      same((await store.read(keyOf(record), now))?.body, `by ${won[0]}`, "stored body");
    },
  },
  {
    title: "of 64 parallel replaces of one version exactly one succeeds, and it is the one that is stored",
    needs: ["atomic"],
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now));
      const won = winners(await each(parallel, (n) => store.replace(next(record, { body: `by ${n}` }), stamp(1), now)));
      same(won.length, 1, "replaces that succeeded");
      same(await store.read(keyOf(record), now), next(record, { body: `by ${won[0]}` }), "stored record");
    },
  },
  {
    title: "of 64 parallel deletes of one record exactly one succeeds",
    needs: ["atomic"],
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now));
      same(winners(await each(parallel, () => store.delete(keyOf(record)))).length, 1, "deletes that succeeded");
    },
  },
  {
    title: "eight writers that try again add up exactly",
    needs: ["atomic"],
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now, { body: "0" }));
      const increment = async (): Promise<void> => {
        for (let attempt = 0; attempt < 1_000; attempt++) {
          const base = await store.read(keyOf(record), now);
          if (!base) throw new Error("the record is gone");
          if (await store.replace(next(base, { body: String(Number(base.body) + 1) }), base, now)) return;
        }
        throw new Error("1000 replaces of what was just read were refused in a row");
      };
      await each(8, async () => {
        for (let n = 0; n < 10; n++) await increment();
      });
      same(await store.read(keyOf(record), now), { ...record, ...stamp(81), body: "80" }, "record after 80 increments");
    },
  },
  {
    title: "a replace or touch that races with delete never brings the record back",
    needs: ["atomic"],
    async check(store, now) {
      for (let round = 0; round < rounds; round++) {
        const [record] = await stored(store, now, fresh(now));
        const key = keyOf(record);
        await Promise.all([
          store.touch(key, stamp(1), now, now + minute, now),
          store.replace(next(record), stamp(1), now),
          store.delete(key),
          store.replace(next(record), stamp(1), now),
          store.touch(key, stamp(2), now, now + minute, now),
        ]);
        same(await store.read(key, now), undefined, `read in round ${round}`);
      }
    },
  },
  {
    title: "a touch that races with replace undoes nothing",
    needs: ["atomic"],
    async check(store, now) {
      for (let round = 0; round < rounds; round++) {
        const [record] = await stored(store, now, fresh(now));
        const later = next(record, { expiresAt: now + 2 * minute });
        const touch = () => store.touch(keyOf(record), stamp(1), now, now + 99 * minute, now);
        await Promise.all([touch(), store.replace(later, stamp(1), now), touch()]);
        same(await store.read(keyOf(record), now), later, `read in round ${round}`);
      }
    },
  },
  {
    title: "prune deletes no record whose touch succeeded",
    needs: ["atomic", "prune"],
    async check(store, now) {
      const over = now + minute;
      const records = Array.from({ length: parallel }, () => fresh(now, { expiresAt: over }));
      await stored(store, now, ...records);
      const [touched] = await Promise.all([
        Promise.all(records.map((record) => store.touch(keyOf(record), stamp(1), over, over + minute, over - 1))),
        each(8, () => store.prune(over, 10)),
      ]);
      for (const n of winners(touched)) {
        const { id } = records[n] as { id: string };
        same((await store.read(keyOf(records[n]!), over))?.id, id, "a record whose touch succeeded");
      }
    },
  },
];
