import { readFileSync } from "node:fs";
import { createSessions, type SessionStore, type Sessions } from "coatcheck";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { stamp } from "../../../../src/testing/store/rule.ts";
import { Browser, recorder } from "../../../support/browser/visitor.ts";
import { patient, type StoreUnderTest } from "../../../support/stores/stores.ts";

type Data = Record<string, unknown>;

class Money {
  readonly cents: bigint;
  constructor(cents: bigint) {
    this.cents = cents;
  }
}
const types = {
  Money: {
    test: (value: unknown) => value instanceof Money,
    encode: (money: Money) => money.cents,
    decode: (cents: bigint) => new Money(cents),
  },
};

/** What comes back from a store. */
export function data(subject: StoreUnderTest): void {
  describe("data", () => {
    let store: SessionStore;
    let sessions: Sessions<Data>;
    beforeAll(async () => {
      store = await subject.make();
      sessions = createSessions<Data>({ ...patient, store, types });
    });

    const roundTrip = async (value: unknown): Promise<unknown> => {
      const browser = new Browser(sessions);
      await browser.visit((session) => session.set("value", value));
      return (await browser.visit((session) => session.get("value"))).result;
    };

    it("B34: what JSON loses comes back too", async () => {
      const values: unknown[] = [
        new Date(1e12),
        new Map<unknown, unknown>([["a", new Set([1n, "b"])]]),
        new Set([{ deep: [undefined] }]),
        10n ** 40n,
        /a(b)+/giu,
        new URL("https://user@example.com/path?q=1#hash"),
        new Uint8Array([0, 255, 10]),
        new Float64Array([1.5, -0, Number.NaN]),
        undefined,
        Number.NaN,
        -0,
        Number.POSITIVE_INFINITY,
        [undefined, ...Array(1), 1],
        Array(3).fill(0, 2),
        { a: undefined, b: -0 },
        null,
        "",
        0,
        false,
        "\u0000\ud800 \u2028 💃",
        new Money(5n),
        [new Money(1n), { price: new Money(2n) }],
        [],
        {},
        { ["__proto__"]: null, "": -0 },
        [{ ["__proto__"]: { at: new Date(1e12), ["__proto__"]: 1n } }],
      ];
      for (const value of values) expect(await roundTrip(value)).toStrictEqual(value);
      const cyclic: { self?: unknown; list: unknown[] } = { list: [] };
      cyclic.self = cyclic;
      cyclic.list.push(cyclic.list);
      const back = (await roundTrip(cyclic)) as typeof cyclic;
      expect([back.self === back, back.list[0] === back.list]).toEqual([true, true]);
      const shared = { n: 1 };
      const pair = (await roundTrip([shared, shared])) as unknown[];
      expect(pair[0]).toBe(pair[1]);
    });

    it("B34: any value of JSON comes back as it was", async () => {
      const browser = new Browser(sessions);
      await fc.assert(
        fc.asyncProperty(fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 5 })), async (data) => {
          await browser.visit((session) => {
            session.clear();
            for (const [key, value] of Object.entries(data)) session.set(key, value);
          });
          const { result } = await browser.visit((session) => session.toObject());
          const sorted = (object: object) => Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
          expect(sorted(result)).toEqual(sorted(data));
        }),
        { numRuns: 150, examples: [[{ "": { ["__proto__"]: null, "": -0 } }]] },
      );
    });

    it("B34: what cannot be stored throws at set, names the key, and leaves the earlier data intact", async () => {
      class Secret {}
      const browser = new Browser(sessions);
      await browser.visit((session) => session.set("value", "before"));
      const selfish: Record<string, unknown> = JSON.parse('{"__proto__":1}');
      selfish.self = selfish;
      for (const bad of [
        () => 1,
        Symbol("s"),
        new Secret(),
        { deep: [() => 1] },
        new WeakMap(),
        Promise.resolve(),
        { [Symbol("k")]: 1 },
        selfish,
      ]) {
        const { status } = await browser.visit((session) => {
          expect(() => session.set("value", bad)).toThrow(
            expect.objectContaining({ code: "NOT_SERIALIZABLE", message: expect.stringContaining('"value"') }),
          );
          expect(session.get("value")).toBe("before");
        });
        expect(status).toBe(200);
      }
      const later = await browser.visit((session) => {
        const list: unknown[] = [];
        session.set("list", list);
        list.push(() => 1);
      });
      expect([later.status, await later.response.text()]).toEqual([500, expect.stringContaining('"list"')]);
      expect((await browser.visit((session) => session.toObject())).result).toEqual({ value: "before" });
    });

    it("B35: the names of object internals, odd characters and the empty key are ordinary keys", async () => {
      const keys = [
        "__proto__",
        "constructor",
        "prototype",
        "toString",
        "hasOwnProperty",
        "a.b",
        "$set",
        "with space",
        "💃",
        "",
        "1",
        ".",
        "!",
        "\n",
        "\u0000",
        "a".repeat(500),
      ];
      const browser = new Browser(sessions);
      await browser.visit((session) => {
        expect(keys.filter((key) => session.has(key))).toEqual([]);
        for (const key of keys) session.set(key, { [key]: key, polluted: true });
      });
      const { result } = await browser.visit((session) => {
        expect(new Set(session.keys())).toEqual(new Set(keys));
        expect(Object.keys(session.toObject()).sort()).toEqual([...keys].sort());
        return keys.map((key) => Object.entries(session.get(key) as object).find(([own]) => own === key)?.[1]);
      });
      expect(result).toEqual(keys);
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain("polluted");
    });

    it("number keys read and write as their decimal string, other keys are refused", async () => {
      const browser = new Browser(createSessions<Record<string | number, unknown>>({ store }));
      await browser.visit((session) => session.set(7, "seven"));
      const { result } = await browser.visit((session) => {
        expect(() => session.get(Symbol("x") as never)).toThrow(TypeError);
        return [session.get("7"), session.get(7), session.keys()];
      });
      expect(result).toEqual(["seven", "seven", ["7"]]);
    });

    it("B39: 64 levels of nesting pass, one more throws when it is written", async () => {
      const nested = (levels: number): unknown => {
        let value: unknown = "core";
        for (let i = 0; i < levels; i++) value = i % 2 ? { in: value } : [value];
        return value;
      };
      expect(await roundTrip(nested(64))).toEqual(nested(64));
      expect(await roundTrip(new Map([["m", nested(63)]]))).toEqual(new Map([["m", nested(63)]]));
      for (const deep of [nested(65), nested(100_000), new Map([["m", nested(64)]])]) {
        await new Browser(sessions).visit((session) => {
          expect(() => session.set("deep", deep)).toThrow(expect.objectContaining({ code: "NOT_SERIALIZABLE" }));
        });
      }
    });

    it("B39: maxBytes passes, one more throws and names the largest keys", async () => {
      const small = createSessions<Data>({ store, maxBytes: 1000, namespace: "small" });
      const browser = new Browser(small);
      // The key "fill" is kept as ".fill", and a text has two quotes around it: 7 bytes.
      expect((await browser.visit((session) => session.set("fill", "x".repeat(993)))).status).toBe(200);
      const failed = await browser.visit((session) => session.set("fill", "x".repeat(994)));
      expect([failed.status, await failed.response.text()]).toEqual([500, expect.stringContaining('"fill" (996)')]);
      const wide = await browser.visit((session) => session.set("fill", "ü".repeat(497)));
      expect(wide.status).toBe(500);
      expect((await browser.visit((session) => String(session.get("fill")).length)).result).toBe(993);
    });
  });

  describe("records that do not fit", () => {
    const damage: Record<string, (body: string) => string> = {
      empty: () => "",
      foreign: () => '{"cookie":{"originalMaxAge":null},"user":"bob"}',
      text: () => "hello",
    };

    let store: SessionStore;
    beforeAll(async () => {
      store = await subject.make();
    });
    const setUp = (namespace: string) => {
      const observer = recorder();
      const sessions = createSessions<Data>({ ...patient, store, observer, namespace });
      const read = async (id: string) => (await store.read({ namespace, id }, Date.now())) ?? expect.fail("no record");
      return { observer, sessions, read };
    };

    it("B37: any record that is damaged in any place gives a fresh session, one event, and stays as it is", async () => {
      const { sessions, observer, read } = setUp("damaged");
      const browser = new Browser(sessions);
      await browser.visit((session) => session.set("name", "Ann").set("at", new Date(5)));
      const neighbour = new Browser(sessions);
      await neighbour.visit((session) => session.set("n", 1));
      const id = browser.token.split(".")[0] ?? "";
      const record = await read(id);
      const { body } = record;
      const variants = Object.values(damage).map((change) => change(body));
      for (let i = 0; i < body.length; i++) {
        variants.push(
          body.slice(0, i),
          body.slice(0, i) + String.fromCharCode(body.charCodeAt(i) ^ 1) + body.slice(i + 1),
        );
      }
      let last = record;
      for (const variant of variants) {
        const damaged = { ...last, ...stamp(last.version + 1), body: variant };
        await store.replace(damaged, last, Date.now());
        last = damaged;
        observer.events.length = 0;
        const one = browser.copy();
        const { result, status } = await one.visit((session) => {
          session.set("name", "new");
          return session.isNew;
        });
        expect([variant, result, status]).toEqual([variant, true, 200]);
        expect(observer.of("refused")).toHaveLength(1);
        expect(one.token).not.toBe(browser.token);
        expect((await read(id)).body).toBe(variant);
      }
      expect((await neighbour.visit((session) => session.get("n"))).result).toBe(1);
    });

    it("B37: a record of a newer format is refused by name and not overwritten", async () => {
      const { sessions, observer, read } = setUp("newer");
      const browser = new Browser(sessions);
      await browser.visit((session) => session.set("name", "Ann"));
      const id = browser.token.split(".")[0] ?? "";
      const record = await read(id);
      const newer = { ...record, body: `2${record.body.slice(1)}`, ...stamp(2) };
      await store.replace(newer, record, Date.now());
      expect((await browser.visit((session) => session.isNew)).result).toBe(true);
      expect(observer.of("refused")).toMatchObject([{ reason: "unsupported-format", id }]);
      expect(await read(id)).toEqual(newer);
    });

    it("B37: records of every released format stay readable", async () => {
      const golden = JSON.parse(readFileSync(new URL("../../../vectors/records.json", import.meta.url), "utf8"));
      for (const { application, token, record, now, data, userId } of golden) {
        // What its store held, but for the deadline: some databases delete by their own clock what is long over.
        await store.create({ ...record, expiresAt: Date.now() + 3_600_000 }, now);
        const browser = new Browser(
          createSessions<Data>({ store, clock: () => now, application, namespace: record.namespace, name: "session" }),
        );
        browser.cookies.set("session", token);
        const { result } = await browser.visit((session) => [
          JSON.parse(JSON.stringify(session.toObject())),
          session.userId,
        ]);
        expect(result).toEqual([data, userId]);
      }
    });
  });
}
