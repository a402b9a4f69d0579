import { same } from "../../assert.ts";
import { fresh, keyOf, minute, next, type StoreRule, stamp, stored } from "../rule.ts";

/** What each operation does to one record. */
export const recordRules: readonly StoreRule[] = [
  {
    title: "a missing record is a result, not an error",
    async check(store, now) {
      const record = fresh(now);
      const key = keyOf(record);
      same(await store.read(key, now), undefined, "read");
      same(await store.replace(next(record), stamp(1), now), false, "replace");
      same(await store.touch(key, stamp(1), now, now + minute, now), false, "touch");
      same(await store.delete(key), false, "delete");
    },
  },
  {
    title: "create stores a record and read returns every field",
    async check(store, now) {
      const record = fresh(now, { userId: "ada", lastSeenAt: now + 1, expiresAt: 253_402_300_799_000 });
      same(await store.create(record, now), true, "create");
      same(await store.read(keyOf(record), now), record, "read");
    },
  },
  {
    title: "a record without a user comes back without one",
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now));
      const read = await store.read(keyOf(record), now);
      same(read, record, "read");
      same(read?.userId === undefined, true, "userId is undefined, not null");
    },
  },
  {
    title: "create refuses an existing key and leaves its record alone",
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now, { userId: "ada" }));
      same(await store.create({ ...record, body: "other", userId: "eve" }, now), false, "second create");
      same(await store.create(record, now), false, "create of the very same record");
      same(await store.read(keyOf(record), now), record, "read");
    },
  },
  {
    title: "replace stores body, user, times and the next version",
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now));
      const later = next(record, { userId: "ada", lastSeenAt: now + 5, expiresAt: now + minute });
      same(await store.replace(later, stamp(1), now), true, "replace");
      same(await store.read(keyOf(record), now), later, "read");
      const anonymous = next(later, { userId: undefined });
      same(await store.replace(anonymous, stamp(2), now), true, "replace that drops the user");
      same(await store.read(keyOf(record), now), anonymous, "read after the user was dropped");
    },
  },
  {
    title: "replace never inserts",
    async check(store, now) {
      const record = fresh(now);
      same(await store.replace(next(record), stamp(1), now), false, "replace of a record that never existed");
      same(await store.replace({ ...record, ...stamp(1) }, stamp(0), now), false, "replace of version 0");
      same(await store.read(keyOf(record), now), undefined, "read");
      await stored(store, now, record);
      await store.delete(keyOf(record));
      same(await store.replace(next(record), stamp(1), now), false, "replace of a deleted record");
      same(await store.read(keyOf(record), now), undefined, "read of a deleted record");
    },
  },
  {
    title: "replace succeeds once for each version",
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now));
      const second = next(record);
      same(await store.replace(second, stamp(1), now), true, "first replace of version 1");
      same(await store.replace(next(record, { body: "late" }), stamp(1), now), false, "second replace of version 1");
      same(await store.read(keyOf(record), now), second, "read");
      same(await store.replace(next(second), stamp(2), now), true, "replace of version 2");
    },
  },
  {
    title: "touch moves the times and nothing else",
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now, { userId: "ada" }));
      const times = { lastSeenAt: now + 7, expiresAt: now + 90 * minute };
      same(await store.touch(keyOf(record), stamp(1), times.lastSeenAt, times.expiresAt, now), true, "touch");
      same(await store.read(keyOf(record), now), { ...record, ...times }, "read");
      same(
        await store.touch(keyOf(record), stamp(1), times.lastSeenAt, times.expiresAt, now),
        true,
        "the same touch again",
      );
      same(await store.replace(next(record), stamp(1), now), true, "replace of the version that was touched");
    },
  },
  {
    title: "a touch by another writer is never undone",
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now, { expiresAt: now + minute }));
      await store.touch(keyOf(record), stamp(1), now + 20, now + 20 * minute, now);
      await store.touch(keyOf(record), stamp(1), now + 10, now + 10 * minute, now);
      const touched = { ...record, lastSeenAt: now + 20, expiresAt: now + 20 * minute };
      same(await store.read(keyOf(record), now), touched, "read after an earlier touch came late");
      const second = next(record, { lastSeenAt: now + 5, expiresAt: now + 5 * minute });
      same(await store.replace(second, stamp(1), now), true, "replace by a writer that did not see the touch");
      const { lastSeenAt, expiresAt } = touched;
      same(await store.read(keyOf(record), now), { ...second, lastSeenAt, expiresAt }, "read after the replace");
      const shorter = next(second, { lastSeenAt: now + 30, expiresAt: now + minute });
      same(await store.replace(shorter, stamp(2), now), true, "replace with an earlier deadline");
      same(await store.read(keyOf(record), now), shorter, "read after the deadline was brought forward");
    },
  },
  {
    title: "touch never inserts",
    async check(store, now) {
      const record = fresh(now);
      same(
        await store.touch(keyOf(record), stamp(1), now, now + minute, now),
        false,
        "touch of a record that never existed",
      );
      same(await store.read(keyOf(record), now), undefined, "read");
      await stored(store, now, record);
      await store.delete(keyOf(record));
      same(await store.touch(keyOf(record), stamp(1), now, now + minute, now), false, "touch of a deleted record");
      same(await store.read(keyOf(record), now), undefined, "read of a deleted record");
    },
  },
  {
    title: "delete removes one record, once, and its key is free again",
    async check(store, now) {
      const [record, neighbour] = await stored(store, now, fresh(now), fresh(now));
      same(await store.delete(keyOf(record)), true, "first delete");
      same(await store.delete(keyOf(record)), false, "second delete");
      same(await store.read(keyOf(record), now), undefined, "read");
      same(await store.read(keyOf(neighbour), now), neighbour, "read of the neighbour");
      same(await store.create(record, now), true, "create under the same key");
    },
  },
  {
    title: "records are copies on the way in and on the way out",
    async check(store, now) {
      const record = { ...fresh(now) };
      const kept = { ...record };
      await store.create(record, now);
      record.body = "changed after create";
      same(await store.read(keyOf(record), now), kept, "read after the caller changed its own object");
      const read = (await store.read(keyOf(record), now)) as { body: string; version: number };
      Object.assign(read, { body: "changed after read", version: 9 });
      same(await store.read(keyOf(record), now), kept, "read after the caller changed the returned record");
    },
  },
];
