import { createSessions, SessionError, type SessionStore, type SessionsOptions } from "coatcheck";
import {
  type AdminAction,
  type AdminOptions,
  adminHandler,
  type PageRequest,
  pageMiddleware,
  storeWatch,
} from "coatcheck/admin";
import { session } from "coatcheck/express";
import { timedStore } from "coatcheck/observe";
import { breaker } from "coatcheck/resilience";
import { memoryStore } from "coatcheck/stores/memory";
import express, { type Request } from "express";
import { describe, expect, onTestFinished, test } from "vitest";
import { createJar } from "../../../src/testing/cookie-jar.ts";
import { ask, serve } from "../../support/adapters/node.ts";
import { PageVisitor } from "../../support/operations/page-visitor.ts";
import { rejection } from "../../support/operations/rejection.ts";
import { spyOn } from "../../support/stores/spy.ts";
import { patient } from "../../support/stores/stores.ts";

type Data = Record<string, unknown>;

type StoredOptions = Omit<SessionsOptions<Data>, "store"> & { readonly store?: SessionStore };

async function setUp(options: Partial<AdminOptions> = {}, more: StoredOptions = {}) {
  const memory = memoryStore();
  const counted: string[] = [];
  const spied = spyOn(memory);
  const store = {
    ...spied,
    count: (...args: Parameters<NonNullable<typeof memory.count>>) => {
      counted.push("count");
      return memory.count!(...args);
    },
  };
  const sessions = createSessions<Data>({
    ...patient,
    store,
    pruneInterval: false,
    observer: () => undefined,
    ...more,
  });
  onTestFinished(() => sessions.close());
  const page = adminHandler(sessions, { authorize: () => true, ...options });
  const issue = (userId?: string, data: Data = {}) =>
    sessions.issue({ ...(userId !== undefined && { userId }), secure: true, data });
  const come = ({ cookie }: { cookie: string }): PageVisitor => {
    const jar = createJar();
    jar.store("https://shop.test/", [`${cookie}; Secure; Path=/`]);
    return new PageVisitor((request) => sessions.handle(request, page), "/admin", jar);
  };
  const own = await issue("root");
  return { sessions, store: spied, counted, issue, come, own, operator: come(own), page };
}

const find = (visitor: PageVisitor, text: string) => visitor.ask(`?q=${encodeURIComponent(text)}`);

describe("adminHandler()", () => {
  test("B185: counts live sessions, and shows what this process has seen", async () => {
    const { sessions, operator, issue, page } = await setUp();
    for (let count = 0; count < 4; count++) await issue("ann");
    await sessions.revokeAll("ann");
    await issue("bob");
    const stranger = PageVisitor.of(sessions, page);
    await stranger.ask("", { headers: { cookie: `__Host-session=${"A".repeat(22)}.${"A".repeat(43)}` } });
    await expect.poll(async () => (await operator.ask()).body).toMatch(/<strong class="big">\d+<\/strong>/);
    const { body } = await operator.ask();
    expect(body).toMatch(/aria-label="Sessions per hour of the last 24 hours: \d+ created, 4 ended, at most/);
    expect(body).toContain("Seen by this process only");
    expect(body).toMatch(/unknown: the store has no such session/);
    expect(body).toContain("AAAAAAAAAAAAAAAAAAAAAA</code>");
    expect(body).not.toContain("A".repeat(43));
  });

  test("B185: finds by user and by public id, and ends one session or a user's", async () => {
    const { sessions, operator, issue } = await setUp({ keys: ["device"] });
    const [first, second] = [await issue("ann", { device: "Firefox on Linux", card: "4111" }), await issue("ann")];
    const { body } = await find(operator, "ann");
    for (const shown of [first.id, second.id, "device: <bdi>Firefox on Linux</bdi>"]) expect(body).toContain(shown);
    expect(body).not.toContain("4111");
    expect((await find(operator, first.id)).body).toContain('<h2 id="session">Session</h2>');
    expect((await find(operator, "nobody")).body).toContain("Nothing found");

    expect((await operator.submit({ session: first.id })).status).toBe(303);
    expect(await operator.note()).toBe("The session is ended.");
    expect(await sessions.find(first.id)).toBeUndefined();
    await operator.submit({ session: first.id });
    expect(await operator.note()).toBe("There is no such session any more.");
    await operator.submit({ user: "ann" });
    expect(await operator.note()).toBe("Ended sessions of this user: 1.");
    expect((await sessions.list({ userId: "ann" })).sessions).toEqual([]);
  });

  test("B185: ends all sessions only if the manager's name is typed", async () => {
    const { sessions, operator, issue } = await setUp();
    await issue("ann");
    for (const confirm of ["", "yes", "Session"]) {
      await operator.submit({ all: "end", confirm });
      expect(await operator.note()).toBe("Nothing was ended: type session to confirm.");
    }
    const { status, body } = await operator.submit({ all: "end", confirm: "session" });
    expect([status, body.includes("All sessions are ended.")]).toEqual([200, true]);
    expect((await sessions.list({ anyUser: true })).sessions).toEqual([]);
  });

  test("B185: an operator may end the session that the request came with", async () => {
    const { sessions, operator, own, come, issue } = await setUp();
    expect((await operator.submit({ session: own.id })).status).toBe(200);
    expect(await sessions.find(own.id)).toBeUndefined();
    const again = come(await issue("root"));
    expect((await again.submit({ user: "root" })).status).toBe(200);
    expect((await sessions.list({ userId: "root" })).sessions).toEqual([]);
  });

  test("B185: tells the application's audit log who has done what", async () => {
    const told: AdminAction[] = [];
    const { operator, issue } = await setUp({
      audit: (action) => {
        told.push(action);
        throw new Error("the log is full");
      },
    });
    const { id } = await issue("ann\nsecond line");
    await operator.submit({ session: "x".repeat(22) });
    await operator.submit({ session: id });
    await issue("ann\nsecond line");
    await operator.submit({ user: encodeURIComponent("ann\nsecond line") });
    expect(told).toEqual([
      { type: "end-session", id, outcome: "done" },
      { type: "end-user", userId: "ann\nsecond line", outcome: "done", count: 1 },
    ]);
  });

  test("B185: tells the audit log what was asked for also where the store fails half-way", async () => {
    const told: AdminAction[] = [];
    const memory = memoryStore();
    let left = Number.POSITIVE_INFINITY;
    const failing = <Args extends unknown[], Result>(work: (...args: Args) => Result) =>
      ((...args: Args) => {
        if (left-- > 0) return work(...args);
        throw new Error("down");
      }) as (...args: Args) => Result;
    const store = { ...memory, delete: failing(memory.delete), clear: failing(memory.clear!) };
    const { sessions, operator, issue } = await setUp({ audit: (action) => told.push(action) }, { store });
    for (let count = 0; count < 5; count++) await issue("ann");
    left = 2;
    expect((await operator.submit({ user: "ann" })).status).toBe(503);
    const { sessions: alive } = await sessions.list({ userId: "ann" });
    expect(alive).toHaveLength(3);
    const id = alive[0]!.id;
    expect((await operator.submit({ session: id })).status).toBe(503);
    expect((await operator.submit({ all: "end", confirm: "session" })).status).toBe(503);
    expect(told).toEqual([
      { type: "end-user", userId: "ann", outcome: "failed", count: undefined },
      { type: "end-session", id, outcome: "failed" },
      { type: "end-all", outcome: "failed" },
    ]);
  });

  test("B185: an audit log that rejects fails no request, and does not end the process", async () => {
    const late = rejection();
    const { sessions, operator, issue } = await setUp({ audit: () => late as never });
    const { id } = await issue("ann");
    expect((await operator.submit({ session: id })).status).toBe(303);
    expect(await sessions.find(id)).toBeUndefined();
    expect(late.isCaught).toBe(true);
  });

  test("B185: serves an operator whose own session is one of another manager, which nothing on the page ends", async () => {
    const { sessions, issue } = await setUp();
    const staff = createSessions<{ role: string }>({ ...patient, name: "staff", store: memoryStore() });
    onTestFinished(() => staff.close());
    const page = adminHandler<Data, PageRequest, { role: string }>(sessions, {
      authorize: (request) => staff.get(request).get("role") === "operator",
    });
    const { cookie } = await staff.issue({ userId: "root", secure: true, data: { role: "operator" } });
    const jar = createJar();
    jar.store("https://shop.test/", [`${cookie}; Secure; Path=/`]);
    const operator = new PageVisitor((request) => staff.handle(request, page), "/admin", jar);
    await issue("root");
    await operator.submit({ user: "root" });
    expect((await sessions.list({ userId: "root" })).sessions).toEqual([]);
    expect((await operator.submit({ all: "end", confirm: "session" })).status).toBe(200);
    expect((await operator.ask()).status).toBe(200);
    expect((await PageVisitor.of(staff, page).ask()).status).toBe(404);
  });

  test("B186: each page costs few calls of the store, however many sessions there are", async () => {
    const { store, counted, operator, issue } = await setUp({}, { touchInterval: "1h" });
    const begin = Date.now();
    for (let count = 0; count < 120; count++) await issue("ann");
    await operator.ask();
    const callsOf = async (work: () => Promise<unknown>): Promise<string[]> => {
      store.calls.length = 0;
      await work();
      return store.calls;
    };
    expect(await callsOf(() => operator.ask())).toEqual(["read"]);
    expect(await callsOf(() => find(operator, "ann"))).toEqual(["read", "list"]);
    const { body } = await find(operator, "ann");
    const [, next] = /href="\?q=ann&amp;(cursor=[^"]+)"/.exec(body) ?? [];
    expect(await callsOf(() => operator.ask(`?q=ann&${next}`))).toEqual(["read", "list"]);
    const { id } = await issue("bob");
    expect(await callsOf(() => find(operator, id))).toEqual(["read", "read", "list"]);
    expect(counted.length).toBeLessThanOrEqual(1 + (Date.now() - begin) / 60_000);
  });

  test("B187: shows what the store takes, its breaker, and what is weak in the policy", async () => {
    const watch = storeWatch();
    const failing = { ...memoryStore(), touch: () => Promise.reject(new SessionError("STORE_UNAVAILABLE", "down")) };
    const store = timedStore(breaker(failing, { onChange: watch.breaker }), watch.timing);
    const { operator, issue } = await setUp({ watch }, { store });
    await issue("ann");
    const { body } = await operator.ask();
    expect(body).toMatch(/<th scope="row">create<\/th><td>\d+<\/td><td>0<\/td><td>[\d.]+ ms<\/td>/);
    expect(body).toContain('The breaker of <strong>memory</strong> is <span class="badge">closed</span>');
    for (const setting of ["idleTimeout", "absoluteTimeout", "rotateAfter", "remember", "maxSessionsPerUser"]) {
      expect(body).toContain(`<li><strong>${setting}</strong>`);
    }
    expect(body).toContain("<dt>idleTimeout</dt><dd>1 day</dd>");
    expect(body).toContain("__Host-session=…; ");
  });

  test("B187: warns of nothing where the policy is as strict as OWASP and NIST recommend", async () => {
    const strict = {
      idleTimeout: "30m",
      absoluteTimeout: "12h",
      rotateAfter: "5m",
      remember: false,
      maxSessionsPerUser: 5,
    };
    const { operator } = await setUp({}, strict as StoredOptions);
    expect((await operator.ask()).body).toContain("No setting is weaker than OWASP and NIST recommend.");
    const weak = {
      idleTimeout: false,
      absoluteTimeout: false,
      onReuse: "report",
      onStoreError: "anonymous",
      cookie: { sameSite: "none", secure: true, domain: "shop.test" },
    };
    const { body } = await (await setUp({}, weak as StoredOptions)).operator.ask();
    for (const setting of ["idleTimeout", "absoluteTimeout", "onReuse", "onStoreError", "cookie"]) {
      expect(body).toContain(`<li><strong>${setting}</strong>`);
    }
  });
});

describe("adminHandler() under attack", () => {
  test("B188: whom authorize does not name sees 404, whatever is asked, and ends nothing", async () => {
    for (const authorize of [() => false, async () => false, () => "yes" as never, () => undefined as never]) {
      const { operator, sessions, store, own } = await setUp({ authorize });
      const _csrf = "0".repeat(128);
      store.calls.length = 0;
      for (const method of ["GET", "HEAD", "PUT", "OPTIONS"]) {
        expect((await operator.ask("?q=root", { method })).status).toBe(404);
      }
      for (const fields of [{ session: own.id }, { user: "root" }, { all: "end", confirm: "session" }]) {
        expect((await operator.post({ _csrf, ...fields })).status).toBe(404);
      }
      expect(await sessions.find(own.id)).toBeDefined();
    }
  });

  test("B188: on Express, whom authorize does not name sees the application's own 404", async () => {
    const { sessions } = await setUp();
    const app = express().use(session(sessions, { lazy: true }));
    const authorize = (req: Request): boolean => sessions.get(req).userId === "root";
    app.all("/admin", pageMiddleware(sessions, adminHandler(sessions, { authorize })));
    app.use((_req, res) => void res.status(404).send("There is no such page."));
    const { url, close } = await serve(app);
    onTestFinished(close);
    const answers = await Promise.all(["/admin", "/other"].map((path) => ask(url + path)));
    expect(answers.map(({ status, body }) => [status, body])).toEqual([
      [404, "There is no such page."],
      [404, "There is no such page."],
    ]);
    const { cookie } = await sessions.issue({ userId: "root" });
    expect((await ask(`${url}/admin`, { headers: { cookie } })).status).toBe(200);
  });

  test("B188: an authorize that fails lets nobody in", async () => {
    const { operator } = await setUp({ authorize: () => Promise.reject(new SessionError("NOT_SIGNED_IN", "no")) });
    expect((await operator.ask()).status).toBe(401);
  });

  test("B188: options that are missing or wrong are refused, authorize above all", async () => {
    const sessions = createSessions<Data>({ store: memoryStore() });
    onTestFinished(() => sessions.close());
    const authorize = (): boolean => true;
    for (const wrong of [
      undefined,
      {},
      { authorize: true },
      { authorize, keys: "device" },
      { authorize, watch: {} },
      { authorize, kyes: [] },
      { authorize, audit: 1 },
      { authorize, home: 1 },
    ]) {
      expect(() => adminHandler(sessions, wrong as never), JSON.stringify(wrong)).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION" }),
      );
    }
  });

  test.each([
    "<img src=x onerror=alert(1)>\"'&",
    "</title><script>",
    "javascript:alert(1)",
    "a\u202eb",
    "x".repeat(250),
  ])("B188: escapes user ids, values and search texts: %#", async (strange) => {
    const { operator, issue, sessions } = await setUp({ keys: ["device", "more"] });
    const { id } = await issue(strange, { device: strange, more: { [strange]: strange } });
    for (const text of [strange, id, `${strange}?`, strange.repeat(40)]) {
      const { status, body } = await find(operator, text);
      expect(status).toBe(200);
      expect(body).not.toMatch(/<img|<script|href="javascript|\u202e<\/bdi>/);
      expect(body.length).toBeLessThan(60_000);
    }
    await operator.submit({ user: encodeURIComponent(strange) });
    expect((await sessions.list({ userId: strange })).sessions).toEqual([]);
  });

  test.each([
    ["without a token", {}, {}],
    ["from another site, with the right token", { _csrf: "own" }, { "sec-fetch-site": "cross-site" }],
    ["from a sibling host, with the right token", { _csrf: "own" }, { "sec-fetch-site": "same-site" }],
  ] as const)("B188: a form %s ends nothing", async (_, fields, headers) => {
    const { operator, sessions, issue } = await setUp();
    const { id } = await issue("ann");
    const token = "_csrf" in fields ? { _csrf: await operator.token() } : {};
    for (const button of [{ session: id }, { user: "ann" }, { all: "end", confirm: "session" }]) {
      expect((await operator.post({ ...token, ...button }, headers)).status).toBe(403);
    }
    expect(await sessions.find(id)).toBeDefined();
  });

  test.each(["\u0000", "%", "x".repeat(5_000), "", "../..", "%zz"])(
    "B188: what is no id and no user ends nothing: %#",
    async (text) => {
      const { operator, sessions, own } = await setUp();
      for (const fields of [{ session: text }, { user: text }, { all: text, confirm: text }]) {
        expect((await operator.submit(fields)).status).toBe(303);
        expect(await operator.note()).toMatch(/^(There is no such|Nothing was|Ended sessions of this user: 0)/);
      }
      expect((await find(operator, text)).status).toBe(200);
      expect((await operator.ask(`?q=root&cursor=${encodeURIComponent(text)}`)).status).toBe(200);
      expect(await sessions.find(own.id)).toBeDefined();
    },
  );

  test("B188: HEAD changes nothing; other methods are refused; no cache keeps the page", async () => {
    const { operator, store } = await setUp();
    store.calls.length = 0;
    const head = await operator.ask("", { method: "HEAD" });
    expect([head.status, head.body, store.calls.includes("replace")]).toEqual([200, "", false]);
    expect((await operator.ask("", { method: "PUT" })).status).toBe(405);
    const { headers } = await operator.ask();
    expect(headers.get("cache-control")).toMatch(/no-store/);
    expect(headers.get("content-security-policy")).toMatch(/^default-src 'none'; style-src 'sha256-/);
    expect((await operator.post({ user: "x".repeat(100_000) })).status).toBe(413);
  });
});
