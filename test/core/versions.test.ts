import {
  createSessions,
  generateKey,
  SessionError,
  type SessionStore,
  type Sessions,
  type SessionsOptions,
} from "coatcheck";
import { cookieStore } from "coatcheck/stores/cookie";
import { memoryStore } from "coatcheck/stores/memory";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { stamp } from "../../src/testing/store/rule.ts";
import { Browser, recorder } from "../support/browser/visitor.ts";
import { spyOn } from "../support/stores/spy.ts";

type Data = Record<string, unknown>;

/** One visitor, whose requests are answered by several versions of one application. */
function visitor<Name extends string>(versions: Record<Name, Sessions<Data>>): Record<Name, Browser<Data>> {
  const names = Object.keys(versions) as Name[];
  const browsers = names.map((name) => [name, new Browser<Data>(versions[name])] as const);
  const [first] = browsers;
  // One jar for all.
  for (const [, browser] of browsers) Object.assign(browser, { cookies: first?.[1].cookies });
  return Object.fromEntries(browsers) as Record<Name, Browser<Data>>;
}

const make = (options: Partial<SessionsOptions<Data>> & { store: SessionStore | ReturnType<typeof cookieStore> }) =>
  createSessions({ observer: () => undefined, ...options } as never) as unknown as Sessions<Data>;

const stores: Record<string, () => SessionStore | ReturnType<typeof cookieStore>> = {
  memory: () => memoryStore(),
  "sealed cookies": () => cookieStore({ keys: generateKey() }),
};

describe.each(Object.entries(stores))("what this version does not know, on %s", (_, makeStore) => {
  const older = v.object({ name: v.optional(v.string()), views: v.optional(v.number()) }) as never;
  const newer = v.object({
    name: v.optional(v.string()),
    views: v.optional(v.number()),
    cart: v.optional(v.array(v.string())),
    address: v.optional(v.object({ street: v.string(), city: v.optional(v.string()) })),
  }) as never;

  it("B83: a write under a schema that strips unknown keys keeps the keys of a newer version, which it does not see", async () => {
    const store = makeStore();
    const on = visitor({ older: make({ store, schema: older }), newer: make({ store, schema: newer }) });
    await on.newer.visit((session) => session.set("name", "Ann").set("cart", ["coat"]));
    const seen = await on.older.visit((session) => {
      session.set("views", 1);
      return [session.keys(), session.has("cart"), session.get("cart"), session.toObject()];
    });
    expect([seen.status, seen.result]).toEqual([200, [["name", "views"], false, undefined, { name: "Ann", views: 1 }]]);
    await on.older.visit((session) => session.update("views", (now) => Number(now) + 1));
    await on.older.visit((session) => session.regenerate());
    await on.older.visit((session) => session.delete("name"));
    const { result } = await on.newer.visit((session) => session.toObject());
    expect(result).toEqual({ views: 2, cart: ["coat"] });
  });

  it("B83: a key that this version reads in part stays whole until this version writes it", async () => {
    const store = makeStore();
    const partly = v.object({
      name: v.optional(v.string()),
      address: v.optional(v.object({ street: v.string() })),
    }) as never;
    const on = visitor({ older: make({ store, schema: partly }), newer: make({ store, schema: newer }) });
    await on.newer.visit((session) => session.set("address", { street: "Main", city: "Bonn" }));
    const { result } = await on.older.visit((session) => {
      session.set("name", "Ann");
      return session.get("address");
    });
    expect(result).toEqual({ street: "Main" });
    const kept = await on.newer.visit((session) => session.get("address"));
    expect(kept.result).toEqual({ street: "Main", city: "Bonn" });
    await on.older.visit((session) => session.set("address", { street: "Side" }));
    expect((await on.newer.visit((session) => session.get("address"))).result).toEqual({ street: "Side" });
  });

  it("B83: clear(), another user's login and destroy() drop what this version does not see as well", async () => {
    const store = makeStore();
    const on = visitor({ older: make({ store, schema: older }), newer: make({ store, schema: newer }) });
    const fill = () => on.newer.visit((session) => session.set("cart", ["coat"]));
    const left = async () => (await on.newer.visit((session) => session.keys())).result;
    await fill();
    await on.older.visit((session) => session.clear());
    expect(await left()).toEqual([]);
    await on.older.visit((session) => session.login("ann"));
    await fill();
    await on.older.visit((session) => session.login("ann"));
    expect(await left()).toEqual(["cart"]);
    await on.older.visit((session) => session.login("bob"));
    expect(await left()).toEqual([]);
  });

  it('B83: with unknownKeys "drop" a write stores what the schema gave and nothing else', async () => {
    const store = makeStore();
    const on = visitor({
      older: make({ store, schema: older, unknownKeys: "drop" }),
      newer: make({ store, schema: newer }),
    });
    await on.newer.visit((session) => session.set("cart", ["coat"]));
    await on.older.visit((session) => session.get("name"));
    expect((await on.newer.visit((session) => session.keys())).result).toEqual(["cart"]);
    await on.older.visit((session) => session.set("name", "Ann"));
    expect((await on.newer.visit((session) => session.keys())).result).toEqual(["name"]);
  });

  it("B83: a schema that renames a key, however it does, reads what was written last", async () => {
    const overwriting = v.pipe(
      v.looseObject({}),
      v.transform(({ name, ...rest }: Data) => (name === undefined ? rest : { ...rest, displayName: name })),
    ) as never;
    const careful = v.pipe(
      v.looseObject({}),
      v.transform(({ name, ...rest }: Data) => (name === undefined ? rest : { displayName: name, ...rest })),
    ) as never;
    for (const schema of [overwriting, careful]) {
      const store = makeStore();
      const on = visitor({ older: make({ store }), newer: make({ store, schema }) });
      await on.older.visit((session) => session.set("name", "Ann"));
      await on.newer.visit((session) => session.set("other", 1));
      expect((await on.newer.visit((session) => session.toObject())).result).toEqual({ displayName: "Ann", other: 1 });
      await on.newer.visit((session) => session.set("displayName", "Bob"));
      expect((await on.newer.visit((session) => session.toObject())).result).toEqual({ displayName: "Bob", other: 1 });
      await on.newer.visit((session) => session.delete("displayName"));
      expect((await on.newer.visit((session) => session.get("displayName"))).result).not.toBe("Bob");
    }
  });

  it("B83: a schema that migrates by a number of its own never migrates twice", async () => {
    const cents = v.pipe(
      v.looseObject({}),
      v.transform((data: Data) =>
        data.price === undefined || data.v === 2 ? data : { ...data, v: 2, price: Number(data.price) * 100 },
      ),
    ) as never;
    const store = makeStore();
    const on = visitor({ older: make({ store }), newer: make({ store, schema: cents }) });
    await on.older.visit((session) => session.set("v", 1).set("price", 5));
    await on.newer.visit((session) => session.set("other", true));
    expect((await on.newer.visit((session) => session.get("price"))).result).toBe(500);
    await on.newer.visit((session) => session.update("price", (now) => Number(now) + 1));
    expect((await on.newer.visit((session) => session.get("price"))).result).toBe(501);
  });

  const types = {
    Money: {
      test: (value: unknown) => value instanceof URLSearchParams,
      encode: (value: URLSearchParams) => String(value),
      decode: (text: string) => new URLSearchParams(text),
    },
  };
  const loose = v.looseObject({ price: v.optional(v.any(), 0) }) as never;

  it.each([
    ["without a schema", undefined],
    ["with a schema", loose],
  ])("B84: a value that this version cannot decode hurts only who asks for it, %s", async (_, schema) => {
    const store = makeStore();
    const on = visitor({ older: make({ store, schema }), newer: make({ store, schema, types }) });
    const price = new URLSearchParams("cents=5");
    await on.newer.visit((session) => session.set("price", price).set("n", 1));
    expect((await on.older.visit(() => undefined)).status).toBe(200);
    const { status } = await on.older.visit(async (session) => {
      const error = expect.objectContaining({ code: "UNREADABLE_VALUE", message: expect.stringContaining('"price"') });
      expect(() => session.get("price")).toThrow(error);
      expect(() => session.toObject()).toThrow(SessionError);
      await expect(session.take("price")).rejects.toEqual(error);
      await expect(session.update("price", () => 1)).rejects.toEqual(error);
      expect([session.has("price"), session.get("n")]).toEqual([true, 1]);
      session.set("n", 2);
    });
    expect(status).toBe(200);
    expect((await on.older.visit((session) => session.login("ann"))).status).toBe(200);
    const { result } = await on.newer.visit((session) => [String(session.get("price")), session.get("n")]);
    expect(result).toEqual(["cents=5", 2]);
    await on.older.visit((session) => session.set("price", 7));
    expect((await on.older.visit((session) => session.take("price"))).result).toBe(7);
    await on.newer.visit((session) => session.set("price", price));
    await on.older.visit((session) => session.delete("price"));
    expect((await on.newer.visit((session) => session.has("price"))).result).toBe(schema !== undefined);
    await on.newer.visit((session) => session.set("price", price));
    expect((await on.older.visit((session) => session.destroy())).status).toBe(200);
    expect(on.older.cookies.size).toBe(0);
  });

  it("B84: flash messages that this version cannot decode wait for one that can; the others are handed out", async () => {
    const store = makeStore();
    const observer = recorder();
    const on = visitor({ older: make({ store, observer }), newer: make({ store, types }) });
    await on.newer.visit((session) => {
      session.flash("one");
      session.flash(new URLSearchParams("secret=5"));
      session.flash("two");
    });
    expect((await on.older.visit((session) => session.flashes())).result).toEqual(["one", "two"]);
    expect(observer.of("warning")).toMatchObject([{ code: "UNREADABLE_VALUE" }]);
    expect(JSON.stringify(observer.events)).not.toContain("secret");
    const { result } = await on.newer.visit((session) => session.flashes());
    expect(result.map(String)).toEqual(["secret=5"]);
  });
});

describe("a session that this version cannot read", () => {
  const strict = v.object({ plan: v.optional(v.picklist(["free", "paid"])) }) as never;
  const unreadable = expect.objectContaining({ code: "SESSION_UNREADABLE", status: 503 });

  const expectBarred = async (browser: Browser<Data>) => {
    const before = new Map(browser.cookies);
    const page = await browser.visit((session) => [session.keys(), session.userId, session.isNew]);
    expect([page.status, page.result, page.setCookies]).toEqual([200, [[], undefined, true], []]);
    expect((await browser.visit((session) => session.flashes())).result).toEqual([]);
    for (const write of [
      (session) => session.set("n", 1),
      (session) => session.flash("hello"),
      (session) => session.regenerate(),
      (session) => session.remember(false),
      (session) => session.update("n", () => 1),
      (session) => session.take("n"),
    ] satisfies ((session: Parameters<Parameters<Browser<Data>["visit"]>[0]>[0]) => unknown)[]) {
      const { status, response, setCookies } = await browser.visit(write);
      expect([status, setCookies]).toEqual([503, []]);
      expect(await response.text()).toContain("SESSION_UNREADABLE");
    }
    expect(browser.cookies).toEqual(before);
  };

  it("B85: data that the schema refuses reads as empty, is not replaced, and can be signed out", async () => {
    for (const store of [memoryStore(), cookieStore({ keys: generateKey() })]) {
      const observer = recorder();
      const on = visitor({ this: make({ store, schema: strict, observer }), newer: make({ store }) });
      await on.newer.visit((session) => {
        session.set("plan", "team secret");
        session.login("ann");
      });
      await expectBarred(on.this);
      expect(observer.of("refused")).toContainEqual(expect.objectContaining({ reason: "schema", anomaly: false }));
      const { result } = await on.newer.visit((session) => [session.userId, session.get("plan")]);
      expect(result).toEqual(["ann", "team secret"]);
      const thief = on.newer.copy();
      expect((await on.this.visit((session) => session.destroy())).status).toBe(200);
      expect(on.this.cookies.size).toBe(0);
      if (store.kind !== "sealed") expect((await thief.visit((session) => session.isNew)).result).toBe(true);
    }
  });

  it("B85: a record of a newer format reads as empty, is not replaced, and is not ended by who cannot prove the right to it", async () => {
    const store = memoryStore();
    const sessions = make({ store });
    const on = visitor({ this: sessions });
    await on.this.visit((session) => session.set("name", "Ann"));
    const [id = ""] = on.this.token.split(".");
    const record = (await store.read({ namespace: "session", id }, Date.now())) ?? expect.fail("no record");
    const newer = { ...record, ...stamp(2), body: `2${record.body.slice(1)}` };
    await store.replace(newer, record, Date.now());
    await expectBarred(on.this);
    const ended = await on.this.visit((session) => session.destroy());
    expect([ended.status, ended.setCookies]).toEqual([503, []]);
    await expect(sessions.edit(id, () => undefined)).rejects.toEqual(unreadable);
    expect(await store.read({ namespace: "session", id }, Date.now())).toEqual(newer);
    expect(await sessions.revoke(id, { anyUser: true })).toBe(true);
  });

  it("B85: a login goes on in a session of its own and leaves the other one stored", async () => {
    const store = memoryStore();
    const on = visitor({ this: make({ store, schema: strict }), newer: make({ store }) });
    await on.newer.visit((session) => session.set("plan", "team"));
    const before = on.newer.copy();
    const { status, result } = await on.this.visit((session) => {
      session.login("ann");
      session.set("plan", "free");
      return session.id;
    });
    expect(status).toBe(200);
    const after = await on.this.visit((session) => [session.id, session.userId, session.get("plan")]);
    expect(after.result).toEqual([result, "ann", "free"]);
    expect((await before.visit((session) => session.get("plan"))).result).toBe("team");
  });

  it("B85: a commit that meets a record of a newer version stores nothing and says so", async () => {
    const store = spyOn(memoryStore());
    const on = visitor({ this: make({ store, schema: strict }), newer: make({ store }) });
    await on.newer.visit((session) => session.set("other", 1));
    const { status, response } = await on.this.visit(async (session) => {
      await on.newer.visit((other) => other.set("plan", "team"));
      session.set("plan", "free");
    });
    expect([status, await response.text()]).toEqual([503, expect.stringContaining("SESSION_UNREADABLE")]);
    expect((await on.newer.visit((session) => session.get("plan"))).result).toBe("team");
  });

  it("B85: a schema that throws refuses the data instead of failing every request", async () => {
    const store = memoryStore();
    const throwing = v.pipe(
      v.looseObject({}),
      v.transform((data: Data) => (data.name ? { ...data, name: (data.name as string).toUpperCase() } : data)),
    ) as never;
    const on = visitor({ this: make({ store, schema: throwing }), other: make({ store }) });
    await on.other.visit((session) => session.set("name", 5));
    await expectBarred(on.this);
    expect((await on.this.visit((session) => session.destroy())).status).toBe(200);
  });

  it("B85: an id of another generateId opens the session everywhere", async () => {
    const store = memoryStore();
    let count = 0;
    const on = visitor({
      this: make({ store }),
      newer: make({ store, generateId: () => `visitor-number-${String(++count).padStart(30, "0")}` }),
    });
    await on.newer.visit((session) => session.set("name", "Ann"));
    expect((await on.this.visit((session) => session.get("name"))).result).toBe("Ann");
    await on.this.visit((session) => session.set("name", "Eve"));
    expect((await on.newer.visit((session) => session.get("name"))).result).toBe("Eve");
  });
});
