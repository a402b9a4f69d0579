import { createSessions, SessionError, type SessionStore } from "coatcheck";
import { session } from "coatcheck/hono";
import { memoryStore } from "coatcheck/stores/memory";
import { createJar } from "coatcheck/testing";
import { type Context, Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { streamSSE } from "hono/streaming";
import { describe, expect, onTestFinished, test, vi } from "vitest";

interface Visit {
  views: number;
  saved: boolean;
}

const url = "http://localhost/";

function setting(store: SessionStore = memoryStore()) {
  const sessions = createSessions<Visit>({ store, observer: () => undefined });
  const app = new Hono().use(session(sessions));
  const jar = createJar();
  /** A visit with the jar's cookies. */
  const visit = async (path: string): Promise<Response> => {
    const cookie = jar.header(url);
    const response = await app.request(path, cookie ? { headers: { cookie } } : {});
    jar.store(url, response.headers.getSetCookie());
    return response;
  };
  app.get("/views", (c) => c.json(c.var.session.get("views") ?? null));
  return { sessions, app, visit, store, views: async () => (await visit("/views")).json() as Promise<number | null> };
}

const cookieNames = ({ headers }: Response) => headers.getSetCookie().map((line) => line.split("=")[0]);

const down = async (): Promise<never> => {
  throw new Error("the store is down");
};

describe("a handler's error, which Hono handles within next()", () => {
  test("B19: decides by the status of its response, also one of a sub-application", async () => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => undefined);
    onTestFinished(() => printed.mockRestore());
    const { app, visit, views } = setting();
    const write = (c: Context, error: Error): never => {
      c.get("session").set("views", 7);
      throw error;
    };
    app.get("/bug", (c) => write(c, new Error("a bug")));
    app.get("/forbidden", (c) => write(c, new HTTPException(403)));
    const forgiving = new Hono().get("/", (c) => write(c, new Error("a bug")));
    forgiving.onError((_, c) => c.text("never mind", 200));
    app.route("/forgiving", forgiving);

    const bug = await visit("/bug");
    expect([bug.status, bug.headers.getSetCookie(), await views()]).toEqual([500, [], null]);
    expect((await visit("/forbidden")).status).toBe(403);
    expect(await views()).toBe(7);
    const other = setting();
    other.app.route("/forgiving", forgiving);
    expect((await other.visit("/forgiving")).status).toBe(200);
    expect(await other.views()).toBe(7);
  });

  test("B19: Hono's error response does not lose the cookie of what was saved, whatever responds to it", async () => {
    const { app, visit, views } = setting();
    app.get("/saves", async (c) => {
      c.var.session.set("views", 1);
      await c.var.session.save();
      throw new Error("a bug");
    });
    app.onError(() => new Response("sorry", { status: 500 }));
    expect((await visit("/saves")).headers.getSetCookie()).toHaveLength(1);
    expect(await views()).toBe(1);
  });

  test("B19: an error thrown by notFound() is seen, and keeps the changes if it is 4xx", async () => {
    const { app, visit, views } = setting();
    app.notFound((c) => {
      (c as Context).get("session").set("views", 404);
      throw new HTTPException(404);
    });
    const answer = await visit("/nowhere");
    expect([answer.status, answer.headers.getSetCookie().length]).toEqual([404, 1]);
    expect(await views()).toBe(404);
  });
});

describe("the response", () => {
  test("Hono's response keeps its other cookies and headers, and gets ours where it cannot be changed or serves others too", async () => {
    const { app, visit } = setting();
    const shared = new Response("shared", { headers: { "x-own": "1", "set-cookie": "other=yes" } });
    app.get("/shared", (c) => {
      c.var.session.set("views", 1);
      return shared;
    });
    app.get("/fetched", async (c) => {
      c.var.session.set("views", 2);
      c.var.session.regenerate();
      return fetch("data:text/plain,fetched");
    });
    const answer = await visit("/shared");
    expect([await answer.text(), answer.headers.get("x-own")]).toEqual(["shared", "1"]);
    expect(cookieNames(answer)).toEqual(["other", "session"]);
    expect(cookieNames(shared)).toEqual(["other"]);
    const fetched = await visit("/fetched");
    expect(await fetched.text()).toBe("fetched");
    expect(cookieNames(fetched)).toEqual(["session"]);
  });

  test("B20: a stream of events has the cookie first; later it may update what is stored, and nothing else", async () => {
    const { app, visit, views } = setting();
    const codes: unknown[] = [];
    app.get("/events", (c) => {
      const current = c.var.session.set("views", 1);
      return streamSSE(c, async (events) => {
        await events.writeSSE({ data: "first" });
        await current.update("views", (now = 0) => now + 1);
        try {
          current.set("views", 99);
        } catch (error) {
          codes.push((error as SessionError).code);
        }
        await events.writeSSE({ data: "second" });
      });
    });
    const answer = await visit("/events");
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    expect(answer.headers.getSetCookie()).toHaveLength(1);
    expect(await answer.text()).toBe("data: first\n\ndata: second\n\n");
    expect([codes, await views()]).toEqual([["SESSION_CLOSED"], 2]);
  });
});

describe("a commit that fails", () => {
  test("B24: a failed commit is an error of the application's onError, and nothing of the handler's response is left", async () => {
    const store = memoryStore();
    const { app, visit } = setting({ ...store, create: down });
    const seen: unknown[] = [];
    app.onError((error, c) => {
      seen.push(error);
      c.header("x-error", "yes");
      return c.text("try again", error instanceof SessionError ? (error.status as 503) : 500);
    });
    app.get("/redirects", (c) => {
      c.var.session.set("views", 1);
      return c.redirect("/elsewhere", 303);
    });
    const answer = await visit("/redirects");
    expect([answer.status, await answer.text()]).toEqual([503, "try again"]);
    expect([answer.headers.get("location"), answer.headers.get("x-error")]).toEqual([null, "yes"]);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(seen).toEqual([expect.objectContaining({ code: "STORE_UNAVAILABLE" })]);
  });

  test("B24: a failed commit tells of what was durable before, also where onError makes its own Response", async () => {
    const store = memoryStore();
    const { app, visit, views } = setting({ ...store, replace: down });
    app.onError(() => new Response("try again", { status: 503 }));
    app.get("/half", async (c) => {
      c.var.session.set("views", 1);
      await c.var.session.save();
      c.var.session.set("views", 2);
      return c.text("written");
    });
    const answer = await visit("/half");
    expect([answer.status, await answer.text()]).toEqual([503, "try again"]);
    expect(answer.headers.getSetCookie()).toHaveLength(1);
    expect(await views()).toBe(1);
  });
});

describe("mounting", () => {
  test("twice in the way of a request is once, with and without the option skip", async () => {
    for (const skip of [() => false, () => true]) {
      const sessions = createSessions<Visit>({ store: memoryStore(), skip });
      const app = new Hono().use(session(sessions)).use(session(sessions), session(sessions, { as: "visit" }));
      app.get("/", (c) => {
        if (skip()) return c.text(String(sessions.tryGet(c)));
        c.var.visit.set("views", 1);
        return c.text(String(c.var.session === sessions.get(c.req.raw)));
      });
      const answer = await app.request("/");
      expect([await answer.text(), answer.headers.getSetCookie().length]).toEqual(
        skip() ? ["undefined", 0] : ["true", 1],
      );
    }
  });

  test("Hono's middleware refuses a name that something else has", async () => {
    const { app, visit } = setting();
    const errors: unknown[] = [];
    app.onError((error, c) => {
      errors.push(error);
      return c.text("", 500);
    });
    app.use("/both", session(createSessions({ store: memoryStore(), name: "prefs" }))).get("/both", (c) => c.text(""));
    expect((await visit("/both")).status).toBe(500);
    expect(errors).toEqual([expect.objectContaining({ code: "INVALID_OPTION" })]);
  });

  test("Hono's middleware types the variable by the manager's data and the name", () => {
    const visits = createSessions<Visit>({ store: memoryStore() });
    const tastes = createSessions<{ theme: "light" | "dark" }>({ store: memoryStore(), name: "taste" });
    new Hono()
      .use(session(visits))
      .use(session(tastes, { as: "taste", lazy: true }))
      .get("/", (c) => {
        const views: number | undefined = c.var.session.get("views");
        c.get("taste").set("theme", "dark");
        // @ts-expect-error not a theme
        c.var.taste.set("theme", "blue");
        // @ts-expect-error not a key
        c.var.session.get("theme");
        // @ts-expect-error nobody mounted this
        c.var.coat;
        return c.text(String(views));
      });
    // @ts-expect-error not an option
    expect(() => session(visits, { name: "visit" })).toThrow(/no option "name"/);
    // @ts-expect-error what is mounted is a manager of sessions
    expect(() => session({})).toThrow(/takes a manager first/);
  });
});
