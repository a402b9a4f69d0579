import { same } from "../../assert.ts";
import { fresh, keyOf, listedIds, minute, namespace, next, type StoreRule, stamp, stored } from "../rule.ts";

/** A record is expired from `expiresAt` on, by the caller's clock, whether or not it was pruned. */
export const expiryRules: readonly StoreRule[] = [
  {
    title: "a record is read until the millisecond before expiresAt, and never from then on",
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now, { expiresAt: now + minute }));
      same(await store.read(keyOf(record), now + minute - 1), record, "read 1 ms before");
      same(await store.read(keyOf(record), now + minute), undefined, "read at expiresAt");
      same(await store.read(keyOf(record), now + minute + 1), undefined, "read 1 ms after");
    },
  },
  {
    title: "replace refuses an expired record",
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now, { expiresAt: now + minute }));
      const longer = { expiresAt: now + 9 * minute };
      same(await store.replace(next(record, longer), stamp(1), now + minute), false, "replace at expiresAt");
      same(await store.replace(next(record, longer), stamp(1), now + minute - 1), true, "replace 1 ms before");
      same(await store.read(keyOf(record), now + 8 * minute), next(record, longer), "read within the new deadline");
    },
  },
  {
    title: "touch refuses an expired record",
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now, { expiresAt: now + minute }));
      const touch = (at: number) => store.touch(keyOf(record), stamp(1), at, now + 9 * minute, at);
      same(await touch(now + minute), false, "touch at expiresAt");
      same(await store.read(keyOf(record), now + minute), undefined, "read after the refused touch");
      same(await touch(now + minute - 1), true, "touch 1 ms before");
      same((await store.read(keyOf(record), now + 8 * minute))?.body, record.body, "body within the new deadline");
    },
  },
  {
    title: "a deadline can be moved to an earlier time",
    async check(store, now) {
      const [record, other] = await stored(store, now, fresh(now), fresh(now));
      await store.touch(keyOf(record), stamp(1), now, now + minute, now);
      same(await store.read(keyOf(record), now + minute), undefined, "read after touch");
      await store.replace(next(other, { expiresAt: now + minute }), stamp(1), now);
      same(await store.read(keyOf(other), now + minute), undefined, "read after replace");
    },
  },
  {
    title: "create refuses the key of a record that is expired and not yet pruned",
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now, { expiresAt: now + minute }));
      const again = { ...record, expiresAt: now + 9 * minute };
      same(await store.create(again, now + 2 * minute), false, "create");
      same(await store.read(keyOf(record), now + 2 * minute), undefined, "read");
    },
  },
  {
    title: "list and count leave expired records out",
    needs: ["list", "count"],
    async check(store, now) {
      const [brief, long] = await stored(
        store,
        now,
        fresh(now, { userId: "ada", expiresAt: now + minute }),
        fresh(now, { userId: "ada" }),
      );
      same(await store.count(namespace, now + minute - 1), 2, "count 1 ms before");
      same(await store.count(namespace, now + minute), 1, "count at expiresAt");
      same(await listedIds(store, { limit: 10 }, now + minute - 1), [brief.id, long.id], "list 1 ms before");
      same(await listedIds(store, { limit: 10 }, now + minute), [long.id], "list at expiresAt");
      same(
        await listedIds(store, { limit: 1, userId: "ada" }, now + minute),
        [long.id],
        "the user's list at expiresAt",
      );
    },
  },
  {
    title: "prune deletes expired records up to the limit and returns the number of deleted records",
    needs: ["prune", "list"],
    async check(store, now) {
      const over = Array.from({ length: 5 }, (_, n) => fresh(now, { expiresAt: now + minute - n }));
      const elsewhere = fresh(now, { namespace: "other", expiresAt: now + minute });
      const alive = [fresh(now, { expiresAt: now + minute + 1 }), fresh(now)];
      await stored(store, now, ...alive, ...over, elsewhere);
      same(await store.prune(now + minute - 5, 10), 0, "prune before the first deadline");
      same(await store.prune(now + minute, 4), 4, "prune with a limit of 4");
      same(await store.prune(now + minute, 4), 2, "prune of the rest, in every namespace");
      same(await store.prune(now + minute, 4), 0, "prune when nothing is left");
      same(
        await listedIds(store, { limit: 10 }, now),
        alive.map(({ id }) => id),
        "what is left, by the earlier clock",
      );
      same(await listedIds(store, { limit: 10 }, now, "other"), [], "what is left in the other namespace");
      for (const record of over) same(await store.create(record, now), true, "create under a pruned key");
    },
  },
  {
    title: "prune goes by the deadline that replace or touch set last",
    needs: ["prune"],
    async check(store, now) {
      const brief = { expiresAt: now + minute };
      const [touched, replaced, shortened] = await stored(store, now, fresh(now, brief), fresh(now, brief), fresh(now));
      await store.touch(keyOf(touched), stamp(1), now, now + 9 * minute, now);
      await store.replace(next(replaced, { expiresAt: now + 9 * minute }), stamp(1), now);
      await store.touch(keyOf(shortened), stamp(1), now, now + minute, now);
      same(await store.prune(now + minute, 10), 1, "prune");
      same((await store.read(keyOf(touched), now + minute))?.id, touched.id, "the touched record");
      same((await store.read(keyOf(replaced), now + minute))?.id, replaced.id, "the replaced record");
    },
  },
];
