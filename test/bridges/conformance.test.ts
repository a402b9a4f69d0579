import { storeConformance } from "coatcheck/testing";
import { afterAll, describe, expect, test } from "vitest";
import { type Backing, keyvBackings, unstorageBackings } from "../support/bridges/backings.ts";
import { closeClients, expressBackings } from "../support/bridges/express-stores.ts";
import { fresh, keyOf, now } from "../support/bridges/records.ts";

afterAll(closeClients);

const all: Readonly<Record<string, Readonly<Record<string, Backing>>>> = {
  unstorage: unstorageBackings,
  keyv: keyvBackings,
  "express-session": expressBackings,
};

for (const [bridge, backings] of Object.entries(all)) {
  for (const [name, backing] of Object.entries(backings)) {
    const { without, isMissing = false, open } = backing;

    describe.skipIf(isMissing)(`the ${bridge} bridge over ${name}`, () => {
      test("a bridge says that it is not atomic", async () => {
        const { bridge, close } = await open();
        expect(bridge().atomic).toBe(false);
        await close?.();
      });

      test("a bridge keeps halves of surrogate pairs and NUL apart, in every field", async () => {
        const { bridge, close } = await open();
        const store = bridge();
        const odd = ["\ud800", "\udc00", "\ufffd", "\ud800\u0000", "\u0000", "\\ud800", "\ufeff"];
        const records = odd.map((text) => fresh({ id: `id${text}`, namespace: text, userId: text, body: text }));
        for (const record of records) expect(await store.create(record, now)).toBe(true);
        for (const record of records) expect(await store.read(keyOf(record), now)).toEqual(record);
        for (const record of records) {
          const listed = await store.list?.(record.namespace, { userId: record.namespace, limit: 9 }, now);
          if (listed) expect(listed.records).toEqual([record]);
        }
        await close?.();
      });

      describe("B9 B10 B12 B18 B51 B52: keeps the whole contract within one process", () => {
        // Two bridges in turn, as two managers have them: what one reads the other replaces.
        const make = async () => {
          const { bridge, close } = await open();
          const [one, other] = [bridge(), bridge()];
          const store = { ...one, replace: other.replace, delete: other.delete, atomic: true };
          return close ? { ...store, close: onlyOnce(close) } : store;
        };
        for (const { title, run } of storeConformance(make, { without })) test(title, run);
      });
    });
  }
}

/** The suite closes twice; a real store may not like it. */
function onlyOnce(close: () => Promise<void> | void): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => (closing ??= Promise.resolve(close()));
}
