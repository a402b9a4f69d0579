import { same } from "../../assert.ts";
import { fresh, keyOf, minute, namespace, next, type StoreRule, stamp } from "../rule.ts";

/** Operations on the store as a whole. */
export const useRules: readonly StoreRule[] = [
  {
    title: "a store has a kind and a name",
    async check(store) {
      same(store.kind, "record", "kind");
      same(typeof store.name === "string" && store.name !== "", true, "a name");
    },
  },
  {
    title: "every method accepts a signal",
    async check(store, now) {
      const call = { signal: new AbortController().signal };
      const record = fresh(now);
      await store.setup?.(call);
      same(await store.create(record, now, call), true, "create");
      same(await store.replace(next(record), stamp(1), now, call), true, "replace");
      same(await store.touch(keyOf(record), stamp(2), now, now + minute, now, call), true, "touch");
      same((await store.read(keyOf(record), now, call))?.version, 2, "read");
      await store.list?.(namespace, { limit: 1 }, now, call);
      await store.count?.(namespace, now, call);
      await store.prune?.(now, 1, call);
      await store.clear?.("other", call);
      same(await store.delete(keyOf(record), call), true, "delete");
    },
  },
  {
    title: "setup can be called again, at the same time and over existing records",
    async check(store, now) {
      await Promise.all([store.setup?.(), store.setup?.()]);
      const record = fresh(now);
      await store.create(record, now);
      await store.setup?.();
      same(await store.read(keyOf(record), now), record, "read after another setup");
    },
  },
  {
    title: "the store's clock, if it has one, returns epoch milliseconds",
    async check(store, now) {
      const time = (await store.time?.()) ?? now;
      same(Math.abs(time - now) < 24 * 60 * minute, true, `within a day of this host's clock (${time})`);
    },
  },
  {
    title: "close can be called twice",
    async check(store, now) {
      await store.create(fresh(now), now);
      await store.close?.();
      await store.close?.();
    },
  },
];
