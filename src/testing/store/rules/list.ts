import type { StoredRecord } from "../../../types/store.ts";
import { same } from "../../assert.ts";
import { fresh, keyOf, listedIds, namespace, next, type StoreRule, stamp, stored } from "../rule.ts";

/** Returns records in another order than list must return them, some with equal times. */
function shuffled(now: number, fields: Partial<StoredRecord> = {}): StoredRecord[] {
  const ages = [5, 2, 9, 2, 7, 2, 0, 5, 1, 2];
  const ids = ["h", "C", "a", "b", "_", "c", "z", "B", "-", "1"];
  return ids.map((id, n) => fresh(now, { id: id.repeat(22), createdAt: now + (ages[n] as number), ...fields }));
}

/** Returns the ids in the order of the contract, computed independently of the store. */
function inOrder(records: readonly StoredRecord[]): string[] {
  const sorted = [...records].sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  return sorted.map(({ id }) => id);
}

export const listRules: readonly StoreRule[] = [
  {
    title: "list returns whole records in order of createdAt, then id",
    needs: ["list"],
    async check(store, now) {
      const records = await stored(store, now, ...shuffled(now, { userId: "ada" }));
      const page = await store.list(namespace, { limit: 100 }, now);
      same(
        page.records.map(({ id }) => id),
        inOrder(records),
        "order",
      );
      same(page.cursor, undefined, "cursor of the only page");
      for (const record of page.records)
        same(
          record,
          records.find(({ id }) => id === record.id),
          "record",
        );
    },
  },
  {
    title: "pages of any size hold every record once",
    needs: ["list"],
    async check(store, now) {
      const mine = await stored(store, now, ...shuffled(now, { userId: "ada" }));
      const other = shuffled(now + 1).map((record) => ({ ...record, id: `x${record.id}` }));
      await stored(store, now, ...other);
      for (const limit of [1, 2, 3, 4, 10, 19, 20, 21]) {
        same(await listedIds(store, { limit }, now), inOrder([...mine, ...other]), `all, by ${limit}`);
        same(await listedIds(store, { limit, userId: "ada" }, now), inOrder(mine), `one user's, by ${limit}`);
        const page = await store.list(namespace, { limit }, now);
        same(page.records.length, Math.min(limit, 20), `records on the first page of ${limit}`);
      }
    },
  },
  {
    title: "records that come and go between two pages neither hide nor repeat others",
    needs: ["list"],
    async check(store, now) {
      const records = await stored(store, now, ...shuffled(now));
      const ids = inOrder(records);
      const page = async (limit: number, cursor: string | undefined) => {
        const { records, cursor: next } = await store.list(namespace, { limit, cursor }, now);
        return { ids: records.map(({ id }) => id), cursor: next };
      };
      const first = await page(3, undefined);
      await store.delete({ namespace, id: ids[2] as string });
      const second = await page(3, first.cursor);
      same([...first.ids, ...second.ids], ids.slice(0, 6), "two pages, the last record of the first deleted");
      await stored(store, now, fresh(now, { createdAt: now - 1 }));
      await store.delete({ namespace, id: ids[7] as string });
      const third = await page(100, second.cursor);
      same(third.ids, [ids[6], ids[8], ids[9]], "the rest, with one more in front and one less behind");
    },
  },
  {
    title: "the list of a user follows login, logout and delete",
    needs: ["list"],
    async check(store, now) {
      const [one, two, three] = await stored(
        store,
        now,
        fresh(now, { userId: "ada" }),
        fresh(now),
        fresh(now, { userId: "bob" }),
      );
      const of = (userId: string) => listedIds(store, { userId, limit: 2 }, now);
      same(await of("ada"), [one.id], "at first");
      await store.replace(next(two, { userId: "ada" }), stamp(1), now);
      same(await of("ada"), [one.id, two.id], "after an anonymous session signed in");
      await store.replace(next(three, { userId: "ada" }), stamp(1), now);
      same(await of("bob"), [], "the user that a session was taken from");
      same(await of("ada"), [one.id, two.id, three.id], "the user that it was given to");
      await store.replace(next(one, { userId: undefined }), stamp(1), now);
      same(await of("ada"), [two.id, three.id], "after a session became anonymous");
      await store.touch(keyOf(two), stamp(2), now + 1, now + 9_000, now);
      await store.delete(keyOf(three));
      same(await of("ada"), [two.id], "after delete");
      await stored(store, now, { ...three, userId: "bob" });
      same(await of("ada"), [two.id], "after the deleted key was given to another user");
      same(await of("nobody"), [], "a user without sessions");
    },
  },
  {
    title: "a refused write changes no list",
    needs: ["list"],
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now, { userId: "ada" }));
      await store.create({ ...record, userId: "eve" }, now);
      await store.replace(next(record, { userId: "eve", ...stamp(8) }), stamp(7), now);
      await store.replace(fresh(now, { userId: "eve", ...stamp(2) }), stamp(1), now);
      same(await listedIds(store, { userId: "eve", limit: 5 }, now), [], "the user of the refused writes");
      same(await listedIds(store, { userId: "ada", limit: 5 }, now), [record.id], "the user of the record");
      same(await listedIds(store, { limit: 5 }, now), [record.id], "all");
    },
  },
  {
    title: "listed records are copies",
    needs: ["list"],
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now, { userId: "ada" }));
      const [listed] = (await store.list(namespace, { limit: 1 }, now)).records;
      Object.assign(listed as object, { body: "changed", userId: "eve" });
      same(await store.read(keyOf(record), now), record, "read after the caller changed a listed record");
    },
  },
  {
    title: "count returns the number of live records",
    needs: ["count"],
    async check(store, now) {
      same(await store.count(namespace, now), 0, "at first");
      const records = await stored(store, now, ...shuffled(now));
      await store.replace(next(records[0] as StoredRecord), stamp(1), now);
      same(await store.count(namespace, now), 10, "after ten creates and a replace");
      await store.delete(keyOf(records[0] as StoredRecord));
      same(await store.count(namespace, now), 9, "after delete");
    },
  },
];
