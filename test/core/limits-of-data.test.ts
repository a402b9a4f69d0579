import { createSessions, generateKey, SessionError } from "coatcheck";
import { cookieStore } from "coatcheck/stores/cookie";
import { memoryStore } from "coatcheck/stores/memory";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { Browser } from "../support/browser/visitor.ts";

type Data = Record<string, unknown>;

describe("maxBytes", () => {
  it.each([
    ["memory", () => memoryStore()],
    ["sealed cookies", () => cookieStore({ keys: generateKey() })],
  ])("B86: lowering maxBytes locks no user out: what does not grow is stored, on %s", async (_, makeStore) => {
    const store = makeStore() as never;
    const before = new Browser(createSessions<Data>({ store }));
    const after = new Browser(createSessions<Data>({ store, maxBytes: 100 }));
    Object.assign(after, { cookies: before.cookies });
    await before.visit((session) => session.set("text", "x".repeat(500)).set("n", 1));
    for (const step of [
      (session) => session.login("ann"),
      (session) => session.regenerate(),
      (session) => session.remember(false),
      (session) => session.set("n", 2),
      (session) => session.delete("n"),
      (session) => session.set("text", "y".repeat(400)),
    ] satisfies Parameters<Browser<Data>["visit"]>[0][]) {
      expect((await after.visit(step)).status).toBe(200);
    }
    const grown = await after.visit((session) => session.set("text", "y".repeat(401)));
    expect([grown.status, await grown.response.text()]).toEqual([500, expect.stringContaining("SESSION_TOO_LARGE")]);
    expect((await after.visit((session) => session.get("text"))).result).toBe("y".repeat(400));
  });
});

describe("messages", () => {
  it.each([
    ["valibot", v.object({ plan: v.optional(v.picklist(["free"])) })],
    ["zod", z.object({ plan: z.enum(["free"]).optional() })],
  ])("B88: what a schema of %s refuses is named by path and kind, without the value", async (_, schema) => {
    const store = memoryStore();
    const browser = new Browser(createSessions({ store, schema: schema as never }) as never as typeof loose.sessions);
    const loose = new Browser(createSessions<Data>({ store }));
    const invalid = await browser.visit((session) => session.set("plan", "hunter2"));
    const text = await invalid.response.text();
    expect([text, text.includes("hunter2")]).toEqual([expect.stringMatching(/INVALID_DATA.*plan \(\w+\)/), false]);
    await loose.visit((session) => session.set("plan", "hunter2"));
    Object.assign(browser, { cookies: loose.cookies });
    const unread = await (await browser.visit((session) => session.set("n", 1))).response.text();
    expect([unread, unread.includes("hunter2")]).toEqual([expect.stringMatching(/SESSION_UNREADABLE.*plan/), false]);
  });

  it("B88: NOT_SERIALIZABLE names the class and the path inside the value, and carries no value", async () => {
    class Secret {
      readonly word = "hunter2";
    }
    const cycle: Data = { list: [1, { owner: new Secret() }] };
    cycle.self = cycle;
    const cases: [unknown, RegExp][] = [
      [new Secret(), /"key".*class Secret/],
      [cycle, /class Secret, at \.list\[1\]\.owner/],
      [new Map([["hunter2", () => 1]]), /a function, at \.get\(…\)/],
      [{ a: [Symbol("hunter2")] }, /a symbol, at \.a\[0\]/],
      [{ deep: { [Symbol("hunter2")]: 1 } }, /symbol for a key, at \.deep/],
    ];
    const browser = new Browser(createSessions<Data>({ store: memoryStore() }));
    const { inspect } = await import("node:util");
    const { status, response } = await browser.visit((session) => {
      for (const [value, message] of cases) {
        let thrown: unknown;
        try {
          session.set("key", value);
        } catch (error) {
          thrown = error;
        }
        expect(thrown).toBeInstanceOf(SessionError);
        expect(String(thrown)).toMatch(message);
        expect(inspect(thrown, { depth: 9 }).replaceAll(/^ +at .*$/gm, "")).not.toContain("hunter2");
      }
    });
    expect([status, await response.text()]).toEqual([200, "ok"]);
  });
});

it("B89: a record does not grow with the number of regenerations", async () => {
  const store = memoryStore();
  const browser = new Browser(createSessions<Data>({ store }));
  const size = async () => {
    const [id = ""] = browser.token.split(".");
    return (await store.read({ namespace: "session", id }, Date.now()))?.body.length ?? 0;
  };
  await browser.visit((session) => session.set("n", 1));
  for (let i = 0; i < 10; i++) await browser.visit((session) => session.regenerate());
  const ten = await size();
  for (let i = 0; i < 80; i++) await browser.visit((session) => session.regenerate());
  expect((await size()) - ten).toBeLessThan(10);
});
