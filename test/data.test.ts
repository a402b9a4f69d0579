import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSessions, type SessionStore } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { sqliteStore } from "coatcheck/stores/sqlite";
import { testClock } from "coatcheck/testing";
import fc from "fast-check";
import * as v from "valibot";
import { afterAll, describe, expect, it } from "vitest";
import { Browser, recorder } from "./_browser.ts";
import { spyOn } from "./_spy.ts";

type Data = Record<string, unknown>;

const folder = mkdtempSync(join(tmpdir(), "coatcheck-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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

const stores: Record<string, () => SessionStore> = {
  memory: () => memoryStore(),
  sqlite: () => sqliteStore({ path: join(folder, "data.db") }),
};

for (const [name, make] of Object.entries(stores)) {
  describe(`data, ${name}`, () => {
    const store = make();
    const sessions = createSessions<Data>({ store, types });
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
        { numRuns: 150 },
      );
    });

    it("B34: what cannot be stored throws at set, names the key, and leaves the earlier data intact", async () => {
      class Secret {}
      const browser = new Browser(sessions);
      await browser.visit((session) => session.set("value", "before"));
      for (const bad of [
        () => 1,
        Symbol("s"),
        new Secret(),
        { deep: [() => 1] },
        new WeakMap(),
        Promise.resolve(),
        { [Symbol("k")]: 1 },
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
}

describe("change detection", () => {
  const setUp = () => {
    const store = spyOn(memoryStore());
    return { store, browser: new Browser(createSessions<Data>({ store })) };
  };

  it("B36: a value changed in place is saved", async () => {
    const { browser } = setUp();
    await browser.visit((session) => session.set("cart", ["coat"]).set("tags", new Map([["a", 1]])));
    await browser.visit((session) => {
      (session.get("cart") as string[]).push("hat");
      (session.get("tags") as Map<string, number>).set("b", 2);
      expect(session.isChanged).toBe(true);
    });
    const { result } = await browser.visit((session) => session.toObject());
    expect(result).toEqual({
      cart: ["coat", "hat"],
      tags: new Map([
        ["a", 1],
        ["b", 2],
      ]),
    });
  });

  it("B36: a value that was set and then changed, also after save(), is saved as it is at the end", async () => {
    const { browser } = setUp();
    await browser.visit(async (session) => {
      const cart = ["coat"];
      session.set("cart", cart);
      cart.push("hat");
      await session.save();
      cart.push("scarf");
    });
    expect((await browser.visit((session) => session.get("cart"))).result).toEqual(["coat", "hat", "scarf"]);
  });

  it("B36: an equal value, a missing key deleted, and reading write nothing", async () => {
    const { browser, store } = setUp();
    await browser.visit((session) =>
      session
        .set("n", 1)
        .set("list", [{ a: 1 }])
        .set("at", new Date(5)),
    );
    store.calls.length = 0;
    const { setCookies } = await browser.visit((session) => {
      session.set("n", 1).set("list", [{ a: 1 }]);
      session.set("x", 1);
      session.delete("x");
      expect(session.delete("missing")).toBe(false);
      session.get("at");
      session.toObject();
      return session.isChanged;
    });
    expect(store.calls).toEqual(["read"]);
    expect(setCookies).toEqual([]);
  });

  it("B36: no object is shared between requests", async () => {
    const { browser } = setUp();
    const mine = { nested: [1] };
    await browser.visit((session) => session.set("value", mine));
    mine.nested.push(2);
    const [a, b] = await Promise.all([
      browser.visit((session) => session.get("value")),
      browser.visit((session) => session.get("value")),
    ]);
    expect(a.result).toEqual({ nested: [1] });
    expect(a.result).not.toBe(b.result);
  });

  it("clear() keeps the session, its user and its flash messages", async () => {
    const { browser } = setUp();
    await browser.visit((session) => {
      session.login("ann");
      session.set("a", 1).set("b", [2]);
      session.flash("kept");
    });
    await browser.visit((session) => {
      (session.get("b") as number[]).push(3);
      session.clear();
      expect([session.keys(), session.get("a"), session.has("b")]).toEqual([[], undefined, false]);
      session.set("c", 3);
    });
    const { result } = await browser.visit(async (session) => [
      session.toObject(),
      session.userId,
      await session.flashes(),
    ]);
    expect(result).toEqual([{ c: 3 }, "ann", ["kept"]]);
  });

  it("a session cannot be given properties, and prints without its data", async () => {
    const { browser } = setUp();
    await browser.visit((session) => {
      session.set("password", "hunter2");
      expect(() => Object.assign(session, { views: 1 })).toThrow(TypeError);
    });
    const { inspect } = await import("node:util");
    const { result } = await browser.visit(
      (session) => JSON.stringify(session) + inspect(session, { depth: 9, showHidden: true }),
    );
    expect(result).not.toContain("hunter2");
    expect(result).not.toContain(browser.token.split(".")[1]);
  });
});

describe("records that do not fit", () => {
  const damage: Record<string, (body: string) => string> = {
    empty: () => "",
    foreign: () => '{"cookie":{"originalMaxAge":null},"user":"bob"}',
    text: () => "hello",
  };

  it("B37: any record that is damaged in any place gives a fresh session, one event, and stays as it is", async () => {
    const store = memoryStore();
    const observer = recorder();
    const sessions = createSessions<Data>({ store, observer });
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("name", "Ann").set("at", new Date(5)));
    const neighbour = new Browser(sessions);
    await neighbour.visit((session) => session.set("n", 1));
    const id = browser.token.split(".")[0] ?? "";
    const record = await store.read({ namespace: "session", id }, Date.now());
    if (!record) throw new Error("no record");
    const { body } = record;
    const variants = Object.values(damage).map((change) => change(body));
    for (let i = 0; i < body.length; i++) {
      variants.push(
        body.slice(0, i),
        body.slice(0, i) + String.fromCharCode(body.charCodeAt(i) ^ 1) + body.slice(i + 1),
      );
    }
    let version = record.version;
    for (const variant of variants) {
      await store.replace({ ...record, body: variant, version: version + 1 }, version, Date.now());
      version++;
      observer.events.length = 0;
      const one = browser.copy();
      const { result, status } = await one.visit((session) => {
        session.set("name", "new");
        return session.isNew;
      });
      expect([variant, result, status]).toEqual([variant, true, 200]);
      expect(observer.of("refused")).toHaveLength(1);
      expect(one.token).not.toBe(browser.token);
      expect((await store.read({ namespace: "session", id }, Date.now()))?.body).toBe(variant);
    }
    expect((await neighbour.visit((session) => session.get("n"))).result).toBe(1);
  });

  it("B37: a record of a newer format is refused by name and not overwritten", async () => {
    const store = memoryStore();
    const observer = recorder();
    const browser = new Browser(createSessions<Data>({ store, observer }));
    await browser.visit((session) => session.set("name", "Ann"));
    const id = browser.token.split(".")[0] ?? "";
    const record = await store.read({ namespace: "session", id }, Date.now());
    if (!record) throw new Error("no record");
    const newer = { ...record, body: `2${record.body.slice(1)}`, version: 2 };
    await store.replace(newer, 1, Date.now());
    expect((await browser.visit((session) => session.isNew)).result).toBe(true);
    expect(observer.of("refused")).toMatchObject([{ reason: "unsupported-format", id }]);
    expect(await store.read({ namespace: "session", id }, Date.now())).toEqual(newer);
  });

  it("B37: records of every released format stay readable", async () => {
    const golden = JSON.parse(readFileSync(new URL("./vectors/records.json", import.meta.url), "utf8"));
    for (const { token, record, now, data, userId } of golden) {
      const store = memoryStore();
      await store.create(record, now);
      const browser = new Browser(
        createSessions<Data>({ store, clock: () => now, namespace: record.namespace, name: "session" }),
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

describe("schema", () => {
  const schema = v.object({ views: v.optional(v.number(), 0), name: v.optional(v.string()) });

  it("B38: defaults of the schema are there from the start and cost nothing", async () => {
    const store = spyOn(memoryStore());
    const browser = new Browser(createSessions({ store, schema }));
    const { result, setCookies } = await browser.visit((session) => session.get("views"));
    expect([result, setCookies, store.calls]).toEqual([0, [], []]);
    await browser.visit((session) => session.update("views", (now) => (now ?? 0) + 1));
    expect((await browser.visit((session) => session.toObject())).result).toEqual({ views: 1 });
  });

  it("B38: invalid data on commit is INVALID_DATA, and nothing is stored", async () => {
    const browser = new Browser(createSessions({ schema, store: memoryStore() }));
    await browser.visit((session) => session.set("name", "Ann"));
    const { status, response } = await browser.visit((session) => session.set("name", 5 as never).set("views", 9));
    expect([status, await response.text()]).toEqual([500, expect.stringMatching(/INVALID_DATA.*name/)]);
    expect((await browser.visit((session) => session.toObject())).result).toEqual({ name: "Ann", views: 0 });
  });

  it("B38: stored data is migrated by the schema's own transform, or refused", async () => {
    const store = memoryStore();
    const observer = recorder();
    const old = new Browser(createSessions<Data>({ store }));
    await old.visit((session) => session.set("views", "41").set("name", "Ann"));
    const lenient = v.object({
      views: v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(Number))),
      name: v.optional(v.string()),
    });
    const migrated = new Browser(createSessions({ store, schema: lenient }));
    const strict = new Browser(createSessions({ store, schema, observer }));
    for (const [name, value] of old.cookies) {
      migrated.cookies.set(name, value);
      strict.cookies.set(name, value);
    }
    const refused = await strict.visit((session) => session.isNew);
    expect([refused.result, observer.of("refused")]).toEqual([true, [expect.objectContaining({ reason: "schema" })]]);
    expect((await migrated.visit((session) => session.get("views"))).result).toBe(41);
    expect((await migrated.visit((session) => session.update("views", (now) => (now ?? 0) + 1))).result).toBe(42);
    expect((await strict.visit((session) => session.get("views"))).result).toBe(42);
  });

  it("B38: a schema that refuses an empty session, or is asynchronous, is refused at construction", () => {
    expect(() => createSessions({ schema: v.object({ name: v.string() }) })).toThrow(/must accept \{\}.*name/);
    expect(() =>
      createSessions({
        schema: v.pipeAsync(
          v.object({}),
          v.checkAsync(async () => true),
        ) as never,
      }),
    ).toThrow(/synchronous/);
    expect(() => createSessions({ schema: {} as never })).toThrow(/Standard Schema/);
  });
});

describe("codec", () => {
  it("an own codec replaces the encoding", async () => {
    const codec = {
      encode: (value: unknown) => `hex:${Buffer.from(JSON.stringify(value)).toString("hex")}`,
      decode: (text: string) => JSON.parse(Buffer.from(text.slice(4), "hex").toString()),
    };
    const store = memoryStore();
    const clock = testClock();
    const browser = new Browser(createSessions<Data>({ store, codec, clock: clock.now }));
    await browser.visit((session) => session.set("a", [1, { b: 2 }]));
    expect((await browser.visit((session) => session.get("a"))).result).toEqual([1, { b: 2 }]);
    const record = await store.read({ namespace: "session", id: browser.token.split(".")[0] ?? "" }, clock.now());
    expect(record?.body).toContain("hex:");
  });
});
