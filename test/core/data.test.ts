import { createSessions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { Browser, recorder } from "../support/browser/visitor.ts";
import { spyOn } from "../support/stores/spy.ts";

type Data = Record<string, unknown>;

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
