import { same } from "../../assert.ts";
import { fresh, keyOf, minute, next, type StoreRule, stamp, stored } from "../rule.ts";

/**
 * Which state of a record a write may change. The version alone does not identify it: after the store was rewound (a
 * failover to a lagging replica, a restored backup), two histories have the same version numbers.
 */
export const fenceRules: readonly StoreRule[] = [
  {
    title: "replace refuses any other version and changes nothing",
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now));
      for (const version of [0, 2, 3, 11]) {
        const expected = { ...stamp(1), version };
        same(
          await store.replace({ ...next(record), version: version + 1 }, expected, now),
          false,
          `version ${version}`,
        );
      }
      same(await store.read(keyOf(record), now), record, "read");
    },
  },
  {
    title: "replace refuses another commit of the same version and changes nothing",
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now, { userId: "ada" }));
      const second = next(record);
      await store.replace(second, record, now);
      for (const commitId of [record.commitId, "another"]) {
        const expected = { version: 2, commitId };
        same(await store.replace(next(second), expected, now), false, `replace of version 2 by commit ${commitId}`);
      }
      same(await store.read(keyOf(record), now), second, "read");
      same(await store.replace(next(second), second, now), true, "replace of version 2 by its own commit");
    },
  },
  {
    title: "touch refuses any other version and changes nothing",
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now));
      const second = next(record, { expiresAt: now + minute });
      await store.replace(second, record, now);
      for (const version of [0, 1, 3]) {
        const expected = { ...stamp(2), version };
        same(await store.touch(keyOf(record), expected, now, now + 99 * minute, now), false, `version ${version}`);
      }
      same(await store.read(keyOf(record), now), second, "read");
    },
  },
  {
    title: "touch refuses another commit of the same version and changes nothing",
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now));
      const second = next(record, { expiresAt: now + minute });
      await store.replace(second, record, now);
      for (const commitId of [record.commitId, "another"]) {
        const touched = store.touch(keyOf(record), { version: 2, commitId }, now, now + 99 * minute, now);
        same(await touched, false, `touch of version 2 by commit ${commitId}`);
      }
      same(await store.read(keyOf(record), now), second, "read");
      same(await store.touch(keyOf(record), second, now, now + minute, now), true, "touch of its own commit");
    },
  },
  {
    title: "commit ids compare by bytes and as a whole",
    async check(store, now) {
      const long = "Az09-_".repeat(11).slice(0, 64);
      for (const commitId of ["x", "A", long]) {
        const [record] = await stored(store, now, fresh(now, { commitId }));
        same(await store.read(keyOf(record), now), record, "read");
        const others = [
          `${commitId}x`,
          commitId.slice(0, -1),
          commitId.toLowerCase(),
          commitId.toUpperCase(),
          `-${commitId}`,
        ];
        for (const other of others.filter((text) => text !== commitId && /^.{1,64}$/.test(text))) {
          const expected = { version: 1, commitId: other };
          same(await store.replace(next(record), expected, now), false, `replace of ${commitId} as ${other}`);
          same(
            await store.touch(keyOf(record), expected, now, now + minute, now),
            false,
            `touch of ${commitId} as ${other}`,
          );
        }
        const second = next(record, { commitId: `${commitId.slice(0, -1)}y` });
        same(await store.replace(second, record, now), true, `replace of ${commitId}`);
        same(await store.read(keyOf(record), now), second, "read after replace");
      }
    },
  },
  {
    title: "a write of a history that the store has lost is refused",
    async check(store, now) {
      const [record] = await stored(store, now, fresh(now));
      const key = keyOf(record);
      const lost = next(record, { commitId: "lost", body: "lost" });
      same(await store.replace(lost, record, now), true, "replace in the first history");
      // The effect of a rewind to the first version.
      await store.delete(key);
      await store.create(record, now);
      const kept = next(record, { commitId: "kept", body: "kept" });
      same(await store.replace(kept, record, now), true, "replace in the second history");
      same(await store.replace(next(lost), lost, now), false, "replace of a lost record");
      same(await store.touch(key, lost, now, now + 99 * minute, now), false, "touch of a lost record");
      same(await store.read(key, now), kept, "read");
    },
  },
];
