import { generateKey } from "coatcheck";
import { diagnosticsChannels } from "coatcheck/diagnostics";
import { encryptRecords } from "coatcheck/encryption";
import { timedStore } from "coatcheck/observe";
import { openTelemetry } from "coatcheck/otel";
import { prometheusMetrics } from "coatcheck/prometheus";
import { breaker } from "coatcheck/resilience";
import { storeConformance } from "coatcheck/testing";
import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import type { SessionStore } from "../../src/types/store.ts";
import { record } from "../support/stores/records.ts";
import { describeStore, storeUnderTest } from "../support/stores/stores.ts";

/** Everything that wraps a store. */
const wrappers: Readonly<Record<string, (store: SessionStore) => SessionStore>> = {
  "timedStore()": (store) => timedStore(store, () => undefined),
  "diagnosticsChannels()": (store) => diagnosticsChannels().store(store),
  "prometheusMetrics()": (store) => prometheusMetrics(new Registry()).store(store),
  "breaker()": (store) => breaker(store),
  "openTelemetry()": (store) => openTelemetry().store(store),
  "encryptRecords()": (store) => encryptRecords(store, { keys: generateKey() }),
};

const bare: SessionStore = {
  kind: "record",
  name: "bare",
  atomic: false,
  read: () => undefined,
  create: () => true,
  replace: () => false,
  touch: () => false,
  delete: () => false,
};

const memory = await storeUnderTest("memory");
const sqlite = await storeUnderTest("SQLite");

for (const [name, wrap] of Object.entries(wrappers)) {
  for (const [inner, subject] of Object.entries({ memory, SQLite: sqlite })) {
    const make = async () => wrap(await subject.make());
    describeStore(`${name} over ${inner} keeps the whole contract`, subject, () => {
      for (const { title, run } of storeConformance(make, { without: subject.without })) test(`B170: ${title}`, run);
    });
  }

  describe(`a store in ${name}`, () => {
    test("B170: has the optional methods of the store in it, and no others", async () => {
      expect(Object.keys(wrap(bare)).toSorted()).toEqual(Object.keys(bare).toSorted());
      for (const { make } of [memory, sqlite]) {
        const inner = await make();
        expect(Object.keys(wrap(inner)).toSorted()).toEqual(Object.keys(inner).toSorted());
      }
      expect(wrap(bare)).toMatchObject({ kind: "record", name: "bare", atomic: false });
    });

    test("B170: answers at once where the store in it does", async () => {
      const store = wrap(await memory.make());
      const [one, now] = [record(), Date.now()];
      expect(store.create(one, now)).toBe(true);
      expect(store.read(one, now)).toEqual(one);
      expect(store.touch(one, one, now, now + 1, now)).toBe(true);
      expect(store.replace({ ...one, version: 2 }, one, now)).toBe(true);
      expect(store.delete(one)).toBe(true);
      expect(store.read(one, now)).toBe(undefined);
    });

    test("B170: throws what the store throws, at once or later", async () => {
      const error = new Error("disk full");
      const fail = () => {
        throw error;
      };
      const store = wrap({ ...bare, create: fail, read: () => Promise.reject(error), count: fail });
      expect(() => store.create(record(), 0)).toThrow(error);
      await expect(store.read(record(), 0)).rejects.toBe(error);
      await expect(store.count?.("session", 0)).rejects.toBe(error);
    });

    test("B170: wraps no sealed cookie, and nothing that is no store", () => {
      const sealed = { kind: "sealed", name: "cookie", seal: () => "", unseal: () => ({ text: "", stale: false }) };
      for (const wrong of [sealed, undefined, "redis://localhost", Promise.resolve(bare), new Map()]) {
        expect(() => wrap(wrong as never)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
      }
    });
  });
}
