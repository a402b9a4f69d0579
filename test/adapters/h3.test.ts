import { createSessions, type Session, type SessionStore } from "coatcheck";
import { session } from "coatcheck/h3";
import { memoryStore } from "coatcheck/stores/memory";
import { createJar } from "coatcheck/testing";
import { createEventStream, H3, type H3Config, type H3Event, HTTPError, redirect, serve, setCookie } from "h3";
import { describe, expect, test } from "vitest";

interface Visit {
  views: number;
}

declare module "h3" {
  interface H3EventContext {
    session: Session<Visit>;
  }
}

const url = "http://localhost/";

function setting(store: SessionStore = memoryStore(), config: H3Config = {}) {
  const sessions = createSessions<Visit>({ store, observer: () => undefined });
  const app = new H3({ silent: true, ...config }).use(session(sessions));
  const jar = createJar();
  /** A visit with the jar's cookies. */
  const visit = async (path: string): Promise<Response> => {
    const cookie = jar.header(url);
    const response = await app.request(path, cookie ? { headers: { cookie } } : {});
    jar.store(url, response.headers.getSetCookie());
    return response;
  };
  app.get("/views", (event) => event.context.session.get("views") ?? null);
  return { sessions, app, visit, views: async () => (await visit("/views")).json() as Promise<number | null> };
}

const cookieNames = ({ headers }: Response) => headers.getSetCookie().map((line) => line.split("=")[0]);

async function saveAndFail({ context }: H3Event): Promise<never> {
  context.session.set("views", 1);
  await context.session.save();
  throw new Error("a bug");
}

const down = async (): Promise<never> => {
  throw new Error("the store is down");
};

describe("an error response, which takes other headers than event.res.headers", () => {
  test("B19: h3's error response has the cookie of what was saved, whatever makes it", async () => {
    const makers: H3Config["onError"][] = [
      undefined,
      () => new Response("sorry", { status: 500 }),
      () => "sorry",
      (error) => ({ message: error.message }),
    ];
    for (const onError of makers) {
      const { app, visit, views } = setting(memoryStore(), onError ? { onError } : {});
      app.get("/saves", saveAndFail);
      expect(cookieNames(await visit("/saves"))).toEqual(["session"]);
      expect(await views()).toBe(1);
    }
  });

  test("B19: h3's error response keeps the changes and the error's own headers where it is 4xx", async () => {
    const { app, visit, views } = setting();
    app.get("/forbidden", ({ context }) => {
      context.session.set("views", 7);
      throw new HTTPError({ status: 403, headers: { "x-reason": "because", "set-cookie": "other=yes" } });
    });
    const answer = await visit("/forbidden");
    expect([answer.status, answer.headers.get("x-reason")]).toEqual([403, "because"]);
    expect(cookieNames(answer)).toEqual(["other", "session"]);
    expect(await views()).toBe(7);
  });

  test("B19: decides by the final status: what onError made of the error", async () => {
    const { app, visit, views } = setting(memoryStore(), { onError: () => new Response("never mind") });
    app.get("/bug", ({ context }) => {
      context.session.set("views", 7);
      throw new Error("a bug");
    });
    expect((await visit("/bug")).status).toBe(200);
    expect(await views()).toBe(7);
    expect((await visit("/nowhere")).status).toBe(200);
  });
});

describe("the response", () => {
  test("h3's response keeps its other cookies and headers, and gets ours where it cannot be changed or serves others too", async () => {
    const { app, visit } = setting();
    const shared = new Response("shared", { headers: { "x-own": "1", "set-cookie": "other=yes" } });
    app.get("/shared", (event) => {
      setCookie(event, "third", "yes");
      event.context.session.set("views", 1);
      return shared;
    });
    app.get("/fetched", ({ context }) => {
      context.session.regenerate();
      return fetch("data:text/plain,fetched");
    });
    const answer = await visit("/shared");
    expect([await answer.text(), answer.headers.get("x-own")]).toEqual(["shared", "1"]);
    expect(cookieNames(answer)).toEqual(["other", "third", "session"]);
    expect(cookieNames(shared)).toEqual(["other"]);
    const fetched = await visit("/fetched");
    expect([await fetched.text(), cookieNames(fetched)]).toEqual(["fetched", ["session"]]);
  });

  test("h3's response is seen with its cookie, and once, by the application's onResponse", async () => {
    const seen: unknown[] = [];
    const { app, visit } = setting(memoryStore(), { onResponse: (response) => void seen.push(cookieNames(response)) });
    app.get("/", ({ context }) => {
      context.session.set("views", 1);
      return redirect("/views", 303);
    });
    await visit("/");
    expect(seen).toEqual([["session"]]);
  });

  test("B20: a stream of events has the cookie first; later it may update what is stored", async () => {
    const { app, visit, views } = setting();
    app.get("/events", (event) => {
      const current = event.context.session.set("views", 1);
      const events = createEventStream(event);
      const push = async (): Promise<void> => {
        await events.push("first");
        await current.update("views", (now = 0) => now + 1);
        await events.close();
      };
      setTimeout(push, 0);
      return events;
    });
    const answer = await visit("/events");
    expect(cookieNames(answer)).toEqual(["session"]);
    expect(await answer.text()).toContain("data: first");
    expect(await views()).toBe(2);
  });
});

describe("a commit that fails", () => {
  test("B24: a failed commit is an error of the application's onError, and nothing of the handler's response is left", async () => {
    const seen: unknown[] = [];
    const onError = (error: HTTPError) => void seen.push(error.cause);
    const { app, visit } = setting({ ...memoryStore(), create: down }, { onError });
    app.get("/redirects", (event) => {
      event.context.session.set("views", 1);
      event.res.headers.set("x-own", "1");
      return redirect("/elsewhere", 303);
    });
    const { status, headers } = await visit("/redirects");
    expect([status, headers.get("location"), headers.get("x-own"), headers.getSetCookie()]).toEqual([
      503,
      null,
      null,
      [],
    ]);
    expect(seen).toEqual([expect.objectContaining({ code: "STORE_UNAVAILABLE" })]);
  });

  test("B24: a failed commit tells of what was durable before", async () => {
    const { app, visit, views } = setting({ ...memoryStore(), replace: down });
    app.get("/half", async ({ context }) => {
      context.session.set("views", 1);
      await context.session.save();
      context.session.set("views", 2);
      return "written";
    });
    const answer = await visit("/half");
    expect([answer.status, cookieNames(answer)]).toEqual([503, ["session"]]);
    expect(await views()).toBe(1);
  });
});

describe("mounting", () => {
  test("twice in the way of a request is once, with and without the option skip", async () => {
    for (const skip of [() => false, () => true]) {
      const sessions = createSessions<Visit>({ store: memoryStore(), skip });
      const app = new H3()
        .use(session(sessions))
        .use(session(sessions))
        .use(session(sessions, { as: "visit" }));
      app.get("/", (event) => {
        if (skip()) return String(sessions.tryGet(event));
        sessions.get(event.req).set("views", 1);
        return String(event.context.session === event.context.visit);
      });
      const answer = await app.request("/");
      expect([await answer.text(), cookieNames(answer)]).toEqual(skip() ? ["undefined", []] : ["true", ["session"]]);
    }
  });

  test("h3's plugin refuses a name that something else has", async () => {
    const seen: unknown[] = [];
    const onError = (error: HTTPError) => void seen.push(error.cause);
    const { app, visit } = setting(memoryStore(), { onError });
    app.use("/both", session(createSessions({ store: memoryStore(), name: "prefs" }))).get("/both", () => "");
    expect((await visit("/both")).status).toBe(500);
    expect(seen).toEqual([expect.objectContaining({ code: "INVALID_OPTION" })]);
  });

  test("h3's plugin serves an application mounted in another, for its own paths only", async () => {
    const sessions = createSessions<Visit>({ store: memoryStore() });
    const shop = new H3().use(session(sessions)).get("/", ({ context }) => {
      context.session.set("views", 1);
      return "shop";
    });
    const app = new H3().mount("/shop", shop).get("/", (event) => String(sessions.tryGet(event)));
    expect(cookieNames(await app.request("/shop"))).toEqual(["session"]);
    expect(await (await app.request("/")).text()).toBe("undefined");
  });

  test("h3's plugin types what is mounted by the manager's data", () => {
    const visits = createSessions<Visit>({ store: memoryStore() });
    new H3().use(session(visits, { lazy: true })).get("/", (event) => {
      const views: number | undefined = visits.get(event).get("views");
      event.context.session.set("views", 1);
      // @ts-expect-error not a number
      event.context.session.set("views", "1");
      // @ts-expect-error not a key
      visits.get(event).get("theme");
      return views;
    });
    // @ts-expect-error not an option
    expect(() => session(visits, { name: "visit" })).toThrow(/no option "name"/);
    // @ts-expect-error what is mounted is a manager of sessions
    expect(() => session({})).toThrow(/takes a manager first/);
  });
});

describe("the response itself", () => {
  test("B125: what h3 makes keeps its Content-Length with a cookie beside it, also under several managers", async () => {
    const { app } = setting();
    const others = createSessions({ name: "other", observer: () => undefined });
    app.use(session(others, { as: "other" }));
    const change = (event: H3Event) => {
      event.context.session.set("views", 1);
      others.get(event).set("n", 1);
    };
    app.get("/text", (event) => {
      change(event);
      return "hello";
    });
    app.get("/json", (event) => {
      change(event);
      return [1, 2];
    });
    const server = serve(app, { port: 0, hostname: "127.0.0.1", silent: true });
    try {
      await server.ready();
      for (const path of ["/text", "/json"]) {
        const answer = await fetch(new URL(path, server.url));
        expect(answer.headers.get("content-length")).toBe(String((await answer.text()).length));
        expect(cookieNames(answer)).toEqual(["other", "session"]);
      }
    } finally {
      await server.close(true);
    }
  });

  test("B125: a constant response that the application returns gets no visitor's cookie", async () => {
    const constant = new Response("hello");
    const { app, visit } = setting(memoryStore(), { onError: () => constant });
    app.get("/constant", ({ context }) => {
      context.session.set("views", 1);
      return constant;
    });
    app.get("/saves", saveAndFail);
    for (const path of ["/constant", "/saves"]) {
      await visit(path).catch(() => undefined);
      expect(cookieNames(constant)).toEqual([]);
    }
  });
});
