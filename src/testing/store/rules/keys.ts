import type { StoredRecord } from "../../../types/store.ts";
import { same } from "../../assert.ts";
import { fresh, keyOf, listedIds, minute, namespace, next, type StoreRule, stamp, stored } from "../rule.ts";

/** Strings that a careless collation, escape or separator confuses. */
const lookalikes = [
  "Ada",
  "ada",
  "ADA",
  "ada ",
  " ada",
  "ada\t",
  "ada\n",
  "ada\0",
  "a\0da",
  "ad\u00e1",
  "ada\u0301",
  "\u00e5da",
  "a\u030ada",
  "stra\u00dfe",
  "strasse",
  "\u0131",
  "i",
  "I",
  "\u0130",
  "\u{1f9e5}",
  "\u{1f9e5}\u{1f3fd}",
  "\ufb01",
  "fi",
  "%",
  "_",
  "*",
  "a%",
  "a_a",
  "'",
  '"',
  "\\",
  "\\0",
  "%00",
  "null",
  "undefined",
  "0",
  "00",
  "1",
  "1.0",
  "a:b",
  "a/b",
  "../../../a",
  "{a}",
  "$where",
  "__proto__",
  "constructor",
  "\u0001",
  "\u00010000",
  "x".repeat(255),
  `${"x".repeat(254)}y`,
  "\u00e9".repeat(127),
];

const bodies: readonly (readonly [what: string, body: string])[] = [
  ["nothing", ""],
  ["spaces around", "  body \r\n\t"],
  ["quotes and escapes", `'"\`\\ \\u0000 \\n %s $1 ? :id {{x}}`],
  ["control characters", String.fromCharCode(...Array(32).keys(), 127, 133)],
  ["NUL at the end", "body\0"],
  ["line separators and marks", "\u2028\u2029\ufeff\u200b\u202e\ufffd\uffff"],
  [
    "many scripts",
    "z\u00df\u6c34\u{1f34c} \u05e9\u05dc\u05d5\u05dd e\u0301 \u00e9 \u{1f468}\u200d\u{1f469}\u200d\u{1f467}",
  ],
  ["1 MiB", "coat".repeat(262_144)],
  ["1 MiB in several bytes a character", "\u00e9\u6c34\u{1f9e5}!".repeat(104_857)],
];

const bodyOf = (record: StoredRecord | undefined): string | undefined => record?.body;

/** What names a record, and what it may contain. */
export const keyRules: readonly StoreRule[] = [
  {
    title: "a body of any characters is returned unchanged",
    async check(store, now) {
      for (const [what, body] of bodies) {
        const [record] = await stored(store, now, fresh(now, { body }));
        same(bodyOf(await store.read(keyOf(record), now)), body, what);
        const reversed = [...body].reverse().join("");
        await store.replace(next(record, { body: reversed }), stamp(1), now);
        same(bodyOf(await store.read(keyOf(record), now)), reversed, `${what}, reversed by replace`);
      }
    },
  },
  {
    title: "ids and namespaces compare by bytes",
    async check(store, now) {
      const byId = lookalikes.map((id) => fresh(now, { id, body: `id ${id}` }));
      const byNamespace = lookalikes.map((text) =>
        fresh(now, { namespace: text, id: "same", body: `namespace ${text}` }),
      );
      const records = [...byId, ...byNamespace];
      for (const record of records)
        same(await store.create(record, now), true, `create ${JSON.stringify(keyOf(record))}`);
      for (const record of records) same(await store.read(keyOf(record), now), record, "read");
      const [first, ...others] = records as [StoredRecord, ...StoredRecord[]];
      same(await store.delete(keyOf(first)), true, "delete");
      for (const record of others) same(await store.read(keyOf(record), now), record, "read after another was deleted");
    },
  },
  {
    title: "namespace and id are not joined ambiguously",
    async check(store, now) {
      const pairs = [
        ["a", "b:c"],
        ["a:b", "c"],
        ["a", "bc"],
        ["ab", "c"],
        ["a\0b", "c"],
        ["a", "b\0c"],
        ["1:a", "b"],
        ["1", "a:b"],
      ] as const;
      const records = pairs.map(([namespace, id]) => fresh(now, { namespace, id, body: `${namespace} ${id}` }));
      for (const record of records)
        same(await store.create(record, now), true, `create ${JSON.stringify(keyOf(record))}`);
      for (const record of records) same(await store.read(keyOf(record), now), record, "read");
    },
  },
  {
    title: "the same id in two namespaces names two records",
    async check(store, now) {
      const [one] = await stored(store, now, fresh(now, { body: "one" }));
      const two = { ...one, namespace: "other", body: "two" };
      same(await store.read(keyOf(two), now), undefined, "read in the other namespace");
      same(await store.replace(next(two), stamp(1), now), false, "replace in the other namespace");
      same(await store.touch(keyOf(two), stamp(1), now, now + minute, now), false, "touch in the other namespace");
      same(await store.delete(keyOf(two)), false, "delete in the other namespace");
      same(await store.create(two, now), true, "create in the other namespace");
      same(await store.replace(next(two), stamp(1), now), true, "replace there");
      same(await store.read(keyOf(one), now), one, "read of the first");
      same(await store.delete(keyOf(one)), true, "delete of the first");
      same(await store.read(keyOf(two), now), next(two), "read of the second");
    },
  },
  {
    title: "list, count and clear keep to their namespace",
    needs: ["list", "count", "clear"],
    async check(store, now) {
      const owner = { userId: "ada" };
      const [one, two] = await stored(store, now, fresh(now, owner), fresh(now, { ...owner, namespace: "Session" }));
      same(await listedIds(store, { limit: 5 }, now), [one.id], "list");
      same(await listedIds(store, { limit: 5, userId: "ada" }, now), [one.id], "list of a user");
      same(await store.count(namespace, now), 1, "count");
      await store.clear(namespace);
      same(await store.count(namespace, now), 0, "count after clear");
      same(await store.read(keyOf(one), now), undefined, "read after clear");
      same(await listedIds(store, { limit: 5, userId: "ada" }, now), [], "list of a user after clear");
      same(await store.read(keyOf(two), now), two, "read in the other namespace");
      await store.clear(namespace);
      same(await store.create(one, now), true, "create after clear");
    },
  },
  {
    title: "user ids compare by bytes",
    needs: ["list"],
    async check(store, now) {
      const records = lookalikes.map((userId) => fresh(now, { userId }));
      await stored(store, now, ...records);
      for (const record of records) {
        const userId = record.userId as string;
        const page = await store.list(namespace, { userId, limit: 10 }, now);
        same(page.records, [record], `the sessions of ${JSON.stringify(userId)}`);
      }
    },
  },
];
