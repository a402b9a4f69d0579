import { createSessions, type SessionStore, type SessionsOptions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { describe, expect, it, vi } from "vitest";
import { Browser, recorder } from "../support/browser/visitor.ts";
import { spyOn } from "../support/stores/spy.ts";

interface Visit {
  views: number;
  cart: string[];
  name: string;
}

function setUp(options: SessionsOptions<Visit> = {}) {
  const clock = testClock();
  const observer = recorder();
  const store = spyOn(memoryStore());
  const { store: _, schema: __, ...rest } = options;
  const sessions = createSessions<Visit>({ store, clock: clock.now, observer, ...rest });
  return { clock, observer, store, sessions, browser: new Browser(sessions) };
}

describe("life of a session", () => {
  it("B1: a visitor who is only looked at leaves no trace", async () => {
    const { store, sessions } = setUp();
    for (let i = 0; i < 1000; i++) {
      const { setCookies } = await new Browser(sessions).visit((session) => [
        session.get("views"),
        session.has("cart"),
        session.isNew,
      ]);
      expect(setCookies).toEqual([]);
    }
    expect(store.calls).toEqual([]);
    expect(await sessions.count()).toBe(0);
  });

  it("B122: a visit that only asks for messages or a value that are not there keeps the session alive", async () => {
    const { browser, clock } = setUp({ idleTimeout: "10h", absoluteTimeout: "7d" });
    await browser.visit((session) => session.set("views", 1));
    for (let i = 0; i < 3; i++) {
      clock.advance("8h");
      await browser.visit((session) => session.flashes());
      clock.advance("8h");
      await browser.visit((session) => session.take("cart"));
      clock.advance("8h");
      await browser.visit((session) => session.update("views", (views) => views ?? 0));
    }
    const { result } = await browser.visit((session) => session.get("views"));
    expect(result).toBe(1);
  });

  it("a job that changes nothing restarts the idle limit only if it is to", async () => {
    const { browser, clock, sessions } = setUp({ idleTimeout: "10h" });
    const { result: id } = await browser.visit((session) => session.set("views", 1).id);
    clock.advance("8h");
    await sessions.edit(id, (job) => job.take("cart"));
    await sessions.edit(id, (job) => job.get("views"));
    clock.advance("1h");
    await sessions.edit(id, (job) => job.get("views"), { touch: true });
    clock.advance("9h");
    await sessions.edit(id, (job) => job.take("cart"), { touch: true });
    clock.advance("9h");
    await sessions.edit(id, (job) => job.take("cart"));
    clock.advance("1h");
    expect(await sessions.find(id)).toBeUndefined();
  });

  it("B4: a malformed token never reaches the store", async () => {
    const { browser, store } = setUp();
    await browser.visit((session) => session.set("views", 1));
    const [id = "", secret = ""] = browser.token.split(".");
    const last = secret.at(-1) ?? "";
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const sibling = alphabet[alphabet.indexOf(last) + 1];
    const bad = [
      "",
      ".",
      id,
      `${id}.`,
      `.${secret}`,
      `${id}.${secret}=`,
      `${id}.${secret.slice(1)}`,
      `${id}.${secret}A`,
      `${id}${secret}`,
      `${id}.${secret.slice(0, -1)}${sibling}`,
      `${id.slice(0, 15)}.${secret}`,
      "../x",
      `../../etc/passwd.${secret}`,
      `${id}\0.${secret}`,
      `${id}.${secret.replaceAll(/[A-Za-z]/g, "+")}`,
      "x".repeat(10_000),
      `%2e${id}.${secret}`,
      `"${id}.${secret}"`,
    ];
    store.calls.length = 0;
    for (const token of bad) {
      const { result, setCookies } = await browser.visit((session) => session.isNew, {
        headers: { cookie: `session=${encodeURI(token)}` },
      });
      expect(result, JSON.stringify(token)).toBe(true);
      expect(setCookies).toEqual([]);
    }
    expect(store.calls).toEqual([]);
    const { result } = await browser.visit((session) => session.get("views"));
    expect(result).toBe(1);
  });

  it("B5: ids and secrets are unique, of full length and safe in a URL, and a broken random source fails the request", async () => {
    const { newId, newSecret } = await import("../../src/core/record/token.ts");
    const ids = new Set<string>();
    const secrets = new Set<string>();
    for (let i = 0; i < 100_000; i++) {
      ids.add(newId());
      secrets.add(newSecret());
    }
    expect([ids.size, secrets.size]).toEqual([100_000, 100_000]);
    for (const id of ids) if (!/^[\w-]{22}$/.test(id)) expect.fail(id);
    for (const secret of secrets) if (!/^[\w-]{43}$/.test(secret)) expect.fail(secret);

    const { browser, sessions } = setUp();
    const broken = vi.spyOn(globalThis.crypto, "getRandomValues").mockImplementation(() => {
      throw new Error("no entropy");
    });
    try {
      const { status, setCookies } = await browser.visit((session) => session.set("views", 1));
      expect(status).toBe(500);
      expect(setCookies).toEqual([]);
    } finally {
      broken.mockRestore();
    }
    expect(await sessions.count()).toBe(0);
  });

  it("B8: a destroy that was not awaited is part of the commit, and so is its failure", async () => {
    const { browser, store, sessions } = setUp();
    await browser.visit((session) => session.set("views", 1));
    store.fail("delete", "before");
    const failed = await browser.visit((session) => void session.destroy());
    expect([failed.status, failed.setCookies]).toEqual([503, []]);
    const { setCookies } = await browser.visit((session) => void session.destroy());
    expect(setCookies[0]).toMatch(/Max-Age=0/);
    expect(await sessions.count()).toBe(0);
  });

  it("B12: the idle limit also binds a store that expires nothing by itself", async () => {
    const clock = testClock();
    const inner = memoryStore();
    const lax = { ...inner, read: (key: { namespace: string; id: string }) => inner.read(key, 0) };
    const browser = new Browser(createSessions<Visit>({ store: lax, clock: clock.now, idleTimeout: "30m" }));
    await browser.visit((session) => session.set("views", 1));
    clock.advance("30m");
    expect((await browser.visit((session) => session.get("views"))).result).toBeUndefined();
  });

  it("B14: a cookie that ends with the browser is not sent again by a touch", async () => {
    const { browser, clock, store } = setUp({ idleTimeout: "5m", remember: false });
    const { setCookies } = await browser.visit((session) => session.set("views", 1));
    expect(setCookies[0]).not.toMatch(/Max-Age|Expires/);
    store.calls.length = 0;
    clock.advance("30s");
    expect((await browser.visit(() => undefined)).setCookies).toEqual([]);
    expect(store.calls).toEqual(["read", "touch"]);
  });

  it("B16: remember(false) makes the cookie end with the browser", async () => {
    const { browser } = setUp();
    const first = await browser.visit((session) => session.set("views", 1));
    expect(first.setCookies[0]).toMatch(/Max-Age/);
    const second = await browser.visit((session) => session.remember(false));
    expect(second.setCookies[0]).not.toMatch(/Max-Age|Expires/);
  });

  it("B19: a response of 500 drops what was not saved; 4xx keeps it", async () => {
    const { browser } = setUp();
    await browser.visit((session) => session.set("views", 1));
    await browser.visit((session) => session.set("views", 2), { status: 500 });
    expect((await browser.visit((session) => session.get("views"))).result).toBe(1);
    await browser.visit((session) => session.set("views", 3), { status: 404 });
    expect((await browser.visit((session) => session.get("views"))).result).toBe(3);
    await browser.visit(() => {
      throw new Error("thrown");
    });
    const saved = await browser.visit(async (session) => {
      session.set("views", 4);
      await session.save();
      session.set("views", 5);
      throw new Error("after save");
    });
    expect(saved.status).toBe(500);
    expect(saved.setCookies).toHaveLength(0);
    expect((await browser.visit((session) => session.get("views"))).result).toBe(4);
    const redirect = await browser.visit((session) => {
      session.set("views", 6);
      throw new Response(null, { status: 303, headers: { location: "/" } });
    });
    expect(redirect.status).toBe(303);
    expect((await browser.visit((session) => session.get("views"))).result).toBe(6);
  });

  it("B19: the cookie of what is already durable goes out with an error", async () => {
    const { browser } = setUp();
    const { status, setCookies } = await browser.visit(async (session) => {
      session.login("ann");
      await session.save();
      throw new Error("boom");
    });
    expect([status, setCookies.length]).toEqual([500, 1]);
    expect((await browser.visit((session) => session.userId)).result).toBe("ann");
    const out = await browser.visit(async (session) => {
      await session.destroy();
      throw new Error("boom");
    });
    expect(out.setCookies[0]).toMatch(/Max-Age=0/);
  });

  it.each(["at once", "later"])(
    "B20: a change while the commit runs throws, on a store that answers %s",
    async (answers) => {
      const memory = memoryStore();
      const later: SessionStore = { ...memory, create: async (...call) => memory.create(...call) };
      const sessions = createSessions<Visit>({ store: answers === "later" ? later : memory });
      const { session, commit } = await sessions.open(new Request("http://localhost/"));
      session.set("views", 1);
      const edits = commit({ status: 200 });
      for (const change of [() => session.set("views", 2), () => session.login("ann"), () => session.clear()])
        expect(change).toThrow(expect.objectContaining({ code: "SESSION_CLOSED" }));
      await edits;
      expect(session.get("views")).toBe(1);
    },
  );

  it("B20: a change after the commit throws, and what is durable on its own still works", async () => {
    const { browser, sessions } = setUp();
    let kept: Parameters<Parameters<typeof browser.visit>[0]>[0] | undefined;
    await browser.visit((session) => {
      kept = session.set("views", 1);
    });
    expect(() => kept?.set("views", 2)).toThrow(expect.objectContaining({ code: "SESSION_CLOSED" }));
    expect(() => kept?.login("ann")).toThrow(expect.objectContaining({ code: "SESSION_CLOSED" }));
    expect(await kept?.update("views", (now) => (now ?? 0) + 1)).toBe(2);
    expect((await browser.visit((session) => session.get("views"))).result).toBe(2);
    await kept?.destroy();
    expect(await sessions.count()).toBe(0);

    let untouched: typeof kept;
    await new Browser(sessions).visit((session) => {
      untouched = session;
    });
    await expect(untouched?.update("views", () => 1)).rejects.toMatchObject({ code: "HEADERS_SENT" });
  });
});
