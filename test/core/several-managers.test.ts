import { cookie, createSessions, generateKey, header, saveAll } from "coatcheck";
import { cookieStore } from "coatcheck/stores/cookie";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { describe, expect, it } from "vitest";
import { Browser, recorder } from "../support/browser/visitor.ts";
import { spyOn } from "../support/stores/spy.ts";

type Data = Record<string, unknown>;

/** A request with a login session in a store and preferences in a sealed cookie, committed one after the other. */
function setUp() {
  const store = spyOn(memoryStore());
  const observer = () => undefined;
  const login = createSessions<Data>({ store, observer, name: "login" });
  const prefs = createSessions<Data>({ store: cookieStore({ keys: generateKey() }), name: "prefs", observer });
  const visit = async (cookies: string, handler: (carrier: object) => unknown) => {
    const request = new Request("http://localhost/", { headers: { cookie: cookies } });
    const opened = [await login.open(request), await prefs.open(request)];
    await handler(request);
    const results = await Promise.allSettled(opened.map((one) => one.commit({ status: 200 })));
    const lines = results.flatMap((result) =>
      result.status === "fulfilled"
        ? result.value.filter(({ kind }) => kind === "cookie").map(({ value }) => value)
        : [],
    );
    return { results, lines, cookies: lines.map((line) => line.split(";")[0]).join("; ") };
  };
  return { store, login, prefs, visit };
}

describe("several sessions in one request", () => {
  it("B18: a login in a store and preferences in a sealed cookie are both saved, and their cookies do not cross", async () => {
    const { login, prefs, visit } = setUp();
    const first = await visit("", (carrier) => {
      login.get(carrier).set("user", "ann");
      prefs.get(carrier).set("theme", "dark");
    });
    expect(first.lines.map((line) => line.split("=")[0])).toEqual(["login", "prefs"]);
    const swapped = first.lines
      .map((line) =>
        line
          .split(";")[0]
          ?.replace(/^login=/, "x=")
          .replace(/^prefs=/, "login=")
          .replace(/^x=/, "prefs="),
      )
      .join("; ");
    await visit(first.cookies, (carrier) => {
      expect([login.get(carrier).toObject(), prefs.get(carrier).toObject()]).toEqual([
        { user: "ann" },
        { theme: "dark" },
      ]);
    });
    await visit(swapped, (carrier) => {
      expect([login.get(carrier).isNew, prefs.get(carrier).isNew]).toEqual([true, true]);
    });
  });

  it("B18: one that fails does not stop the other, and saveAll reports failures together", async () => {
    const { store, login, prefs, visit } = setUp();
    store.fail("create", "before", 9);
    const { results, lines } = await visit("", (carrier) => {
      login.get(carrier).set("user", "ann");
      prefs.get(carrier).set("theme", "dark");
    });
    expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect(lines).toHaveLength(1);

    await visit("", async (carrier) => {
      login.get(carrier).set("user", "ann");
      prefs.get(carrier).set("theme", "dark");
      await expect(saveAll(carrier)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
      expect(prefs.get(carrier).isChanged).toBe(false);
      prefs.get(carrier).set("theme", "x".repeat(5000));
      const failure = await saveAll(carrier).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(AggregateError);
      expect((failure as AggregateError).errors).toHaveLength(2);
    });
  });

  it("a manager says what is wrong when its session is not mounted, or was skipped", async () => {
    const sessions = createSessions<Data>({ store: memoryStore(), skip: ({ url }) => url.endsWith("/health") });
    expect(() => sessions.get(new Request("http://localhost/"))).toThrow(
      expect.objectContaining({ code: "SESSION_NOT_MOUNTED" }),
    );
    const { status, response } = await new Browser(sessions).visit((session) => session.get("x"), { path: "/health" });
    expect([status, await response.text()]).toEqual([500, expect.stringContaining("SESSION_NOT_MOUNTED")]);
  });

  it("a session that is mounted lazily costs no store call until it is loaded", async () => {
    const store = spyOn(memoryStore());
    const sessions = createSessions<Data>({ store });
    const { token } = await sessions.issue({ data: { n: 1 } });
    store.calls.length = 0;
    const headers = { cookie: `session=${token}` };
    const lazily = (handler: (session: ReturnType<typeof sessions.get>) => unknown) =>
      sessions.handle(
        new Request("http://localhost/", { headers }),
        async (_, session) => new Response(String(await handler(session))),
        { lazy: true },
      );
    expect((await lazily(() => "nothing")).headers.getSetCookie()).toEqual([]);
    expect(store.calls).toEqual([]);
    await lazily((session) =>
      expect(() => session.get("n")).toThrow(expect.objectContaining({ code: "SESSION_NOT_LOADED" })),
    );
    expect(await (await lazily(async (session) => (await session.load()).get("n"))).text()).toBe("1");
    expect(store.calls).toEqual(["read"]);
  });
});

describe("sealed sessions", () => {
  const [key, newer] = [generateKey(), generateKey()];
  const make = (
    keys: readonly string[] = [key],
    options: { clock?: () => number; name?: string; namespace?: string; application?: string } = {},
  ) => {
    const observer = recorder();
    const sessions = createSessions<Data>({ store: cookieStore({ keys }), observer, ...options });
    return { observer, sessions, browser: new Browser(sessions) };
  };

  it("B2: values come back on the next request, and nothing is sent when nothing changed", async () => {
    const { browser } = make();
    await browser.visit((session) => session.set("theme", "dark").set("at", new Date(5)));
    const second = await browser.visit((session) => [session.isNew, session.toObject()]);
    expect([second.result, second.setCookies]).toEqual([[false, { theme: "dark", at: new Date(5) }], []]);
    expect((await browser.visit((session) => session.set("theme", "dark"))).setCookies).toEqual([]);
  });

  it("B12 B13: idle and absolute limits hold in the token itself", async () => {
    const clock = testClock();
    const sessions = createSessions<Data>({
      store: cookieStore({ keys: key }),
      clock: clock.now,
      idleTimeout: "30m",
      absoluteTimeout: "2h",
    });
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("n", 1));
    const copied = browser.copy();
    for (let i = 0; i < 5; i++) {
      clock.advance("20m");
      expect((await browser.visit((session) => session.get("n"))).result).toBe(1);
    }
    expect((await copied.visit((session) => session.isNew)).result).toBe(true);
    clock.advance("20m");
    expect((await browser.visit((session) => session.isNew)).result).toBe(true);
  });

  it("B17 B19 B20: update, take, flashes, destroy and errors work within the request", async () => {
    const { browser } = make();
    await browser.visit(async (session) => {
      expect(await session.update("n", (now) => Number(now ?? 0) + 1)).toBe(1);
      session.set("coupon", "x");
      session.flash("hello");
      session.login("ann");
    });
    const { result } = await browser.visit(async (session) => [
      session.userId,
      await session.take("coupon"),
      await session.flashes(),
      session.get("n"),
    ]);
    expect(result).toEqual(["ann", "x", ["hello"], 1]);
    await browser.visit((session) => session.set("n", 5), { status: 500 });
    expect(
      (
        await browser.visit(async (session) => [
          await session.take("coupon"),
          await session.flashes(),
          session.get("n"),
        ])
      ).result,
    ).toEqual([undefined, [], 1]);
    const out = await browser.visit((session) => session.destroy());
    expect([out.setCookies.length, browser.cookies.size]).toEqual([1, 0]);
  });

  it("B30: a tampered token, another name, namespace and application give a new session and one event", async () => {
    const { browser } = make();
    await browser.visit((session) => session.set("n", 1));
    const attempts: [ReturnType<typeof make>, string][] = [
      [make([key], { name: "other" }), browser.token],
      [make([key], { namespace: "other" }), browser.token],
      [make([key], { application: "elsewhere" }), browser.token],
      // Not by the namespace alone, which the application is part of.
      [make([key], { application: "elsewhere", namespace: "session" }), browser.token],
      [make([newer]), browser.token],
      ...Array.from({ length: browser.token.length }, (_, i): [ReturnType<typeof make>, string] => [
        make(),
        browser.token.slice(0, i) + (browser.token[i] === "A" ? "B" : "A") + browser.token.slice(i + 1),
      ]),
    ];
    for (const [one, token] of attempts) {
      one.browser.cookies.set(one.sessions.name, token);
      const { result, setCookies, status } = await one.browser.visit((session) => session.isNew);
      expect([result, setCookies, status]).toEqual([true, [], 200]);
      expect(one.observer.of("refused")).toHaveLength(1);
    }
  });

  it("B31: keys rotate without a logout, and the next response carries the new key", async () => {
    const old = make([key]);
    await old.browser.visit((session) => session.set("n", 1));
    const both = make([newer, key]);
    both.browser.cookies.set("session", old.browser.token);
    const { result, setCookies } = await both.browser.visit((session) => session.get("n"));
    expect([result, setCookies.length]).toEqual([1, 1]);
    const after = make([newer]);
    after.browser.cookies.set("session", both.browser.token);
    expect((await after.browser.visit((session) => session.get("n"))).result).toBe(1);
    const gone = make([newer]);
    gone.browser.cookies.set("session", old.browser.token);
    const refused = await gone.browser.visit((session) => session.isNew);
    expect([refused.result, refused.status]).toEqual([true, 200]);
    const rollout = make([key, newer]);
    rollout.browser.cookies.set("session", both.browser.token);
    expect((await rollout.browser.visit((session) => session.get("n"))).result).toBe(1);
  });

  it("B32: 4,096 bytes of name and value pass, one more throws, names the largest keys and sends nothing", async () => {
    const { browser } = make();
    const fits = async (length: number) => {
      const { status, setCookies, response } = await browser
        .copy()
        .visit((session) => session.set("fill", "x".repeat(length)).set("b", 1));
      const size = (setCookies[0] ?? "").split(";")[0]?.replace("=", "").length ?? 0;
      return { status, size, text: await response.text(), setCookies };
    };
    let length = 2500;
    while ((await fits(length + 1)).status === 200) length++;
    expect((await fits(length)).size).toBeGreaterThan(4092);
    expect((await fits(length)).size).toBeLessThanOrEqual(4096);
    const tooLarge = await fits(length + 1);
    expect([tooLarge.status, tooLarge.setCookies]).toEqual([500, []]);
    expect(tooLarge.text).toMatch(/COOKIE_TOO_LARGE.*"fill"/);
  });

  it("a sealed session offers nothing that needs a store", () => {
    const { sessions } = make();
    for (const name of ["list", "revoke", "revokeAll", "count", "edit", "find"]) expect(name in sessions).toBe(false);
    expect(() => createSessions({ store: cookieStore({ keys: key }), maxSessionsPerUser: 3 } as never)).toThrow(
      /maxSessionsPerUser/,
    );
  });
});

describe("clients that keep the token themselves", () => {
  it("B26: header() reads and writes one header, exportToken serves the rest", async () => {
    const sessions = createSessions<Data>({ store: memoryStore(), transports: [header("x-session"), cookie()] });
    const call = (headers: Record<string, string>, handler: (session: ReturnType<typeof sessions.get>) => unknown) =>
      sessions.handle(
        new Request("http://localhost/", { headers }),
        async (_, session) => new Response(String(await handler(session))),
      );
    const first = await call({}, (session) => session.set("n", 1));
    const token = first.headers.get("x-session") ?? "";
    expect([token.length, first.headers.getSetCookie()]).toEqual([66, []]);
    expect(await (await call({ "x-session": token }, (session) => session.get("n"))).text()).toBe("1");
    const exported = await (
      await call({ "x-session": token }, (session) => {
        session.regenerate();
        return session.exportToken();
      })
    ).text();
    expect(exported).not.toBe(token);
    expect(await (await call({ "x-session": token }, (session) => session.get("n"))).text()).toBe("undefined");
    const left = await call({ "x-session": exported }, (session) => session.destroy());
    expect(left.headers.get("x-session")).toBe("");
  });
});
