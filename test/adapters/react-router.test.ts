import { SessionError } from "coatcheck";
import { session } from "coatcheck/react-router";
import { createContext, createRequestHandler, data, RouterContextProvider, redirect } from "react-router";
import { describe, expect, it } from "vitest";
import { type Answer, deferred } from "../support/adapters/node.ts";
import { buildOf } from "../support/adapters/react-router.ts";
import { post, setUp, start } from "../support/adapters/react-router-visit.ts";
import { ownTime } from "../support/own-time.ts";

const page = (): null => null;
const cookies = ({ headers }: Pick<Answer, "headers">): number => headers["set-cookie"]?.length ?? 0;

describe("one request", () => {
  it("a React Router request has one session for all of its loaders, loaded and stored once", async () => {
    ownTime();
    const { store, sessions } = setUp();
    const seen: unknown[] = [];
    const written = deferred();
    const { visitor } = await start({
      root: {
        middleware: session(sessions),
        default: page,
        loader: async ({ context }) => {
          seen.push(sessions.get(context));
          await written.promise;
          return sessions.get(context).get("theme");
        },
      },
      home: {
        default: page,
        loader: ({ context }) => {
          seen.push(sessions.get(context));
          sessions.get(context).set("theme", "dark").set("views", 1);
          written.resolve();
          return null;
        },
      },
    });
    const ada = visitor();
    const first = await ada("/home");
    expect(JSON.parse(first.body)).toMatchObject({ loaderData: { root: "dark" } });
    expect([seen[0] === seen[1], store.calls, cookies(first)]).toEqual([true, ["create"], 1]);
    store.calls.length = 0;
    expect(cookies(await ada("/home"))).toBe(0);
    expect(store.calls).toEqual(["read"]);
  });

  it("a React Router request has the same session in the action and in the loaders after it, whose request is another", async () => {
    const { sessions } = setUp();
    const requests: Request[] = [];
    const { visitor } = await start({
      root: { middleware: session(sessions), default: page },
      home: {
        default: page,
        action: ({ request, context }) => {
          requests.push(request);
          sessions.get(context).set("theme", "dark");
          return null;
        },
        loader: ({ request, context }) => {
          requests.push(request);
          return sessions.get(context).get("theme");
        },
      },
    });
    expect(JSON.parse((await visitor()("/home", post())).body)).toMatchObject({ loaderData: { home: "dark" } });
    expect(requests[0] === requests[1]).toBe(false);
  });

  it("a React Router request has the session also under a context of React Router", async () => {
    const { sessions } = setUp();
    const visit = createContext<ReturnType<typeof sessions.get>>();
    const { visitor } = await start({
      root: { middleware: session(sessions, { as: visit }) },
      home: { loader: ({ context }) => Response.json(context.get(visit) === sessions.get(context)) },
    });
    expect((await visitor()("/home")).body).toBe("true");
  });

  it("a React Router request loads a lazy session only where a route asks for it", async () => {
    const { store, sessions } = setUp();
    const { visitor } = await start({
      root: { middleware: session(sessions, { lazy: true }) },
      plain: { loader: () => new Response("plain") },
      home: {
        loader: async ({ context }) => {
          const visit = await sessions.get(context).load();
          visit.set("views", (visit.get("views") ?? 0) + 1);
          return Response.json(visit.get("views"));
        },
      },
    });
    const ada = visitor();
    await ada("/home");
    store.calls.length = 0;
    expect([(await ada("/plain")).body, store.calls]).toEqual(["plain", []]);
    expect((await ada("/home")).body).toBe("2");
  });

  it("a React Router request is committed once, with the final status, where the middleware stands in several routes", async () => {
    const { store, sessions } = setUp();
    const middleware = session(sessions);
    const late: typeof middleware = [
      async (_, next) => {
        await next();
        return new Response("a later thought", { status: 502 });
      },
    ];
    const { visitor } = await start({
      root: { middleware: [...middleware, ...late] },
      home: {
        middleware,
        loader: ({ context }) => {
          sessions.get(context).set("views", 1);
          return new Response("home");
        },
      },
    });
    const answer = await visitor()("/home");
    expect([answer.status, cookies(answer), store.calls]).toEqual([502, 0, []]);
  });

  it("a React Router request is refused where two requests are given one context, which would mix up their visitors", async () => {
    const { sessions } = setUp();
    const errors: unknown[] = [];
    const build = buildOf(
      {
        root: { middleware: session(sessions) },
        home: { loader: ({ context }) => new Response(sessions.get(context).id) },
      },
      () => new Response("no document"),
    );
    build.entry.module.handleError = (error) => void errors.push(error);
    const handle = createRequestHandler(build, "test");
    const shared = new RouterContextProvider();
    expect((await handle(new Request("http://localhost/home"), shared)).status).toBe(200);
    expect((await handle(new Request("http://localhost/home"), shared)).status).toBe(500);
    expect(errors).toEqual([expect.objectContaining({ code: "INVALID_OPTION" })]);
  });
});

describe("the response", () => {
  it.each(["loader", "action"] as const)("B23: a redirect thrown in a %s has the cookie", async (kind) => {
    ownTime();
    const { store, sessions } = setUp();
    const { visitor } = await start({
      root: { middleware: session(sessions), default: page },
      home: {
        default: page,
        [kind]: ({ context }: { context: object }) => {
          sessions.get(context).login("ada");
          throw redirect("/after", 303);
        },
      },
    });
    const answer = await visitor()("/home", kind === "action" ? post() : {});
    expect([answer.status, answer.headers.location, cookies(answer)]).toEqual([303, "/after", 1]);
    expect(store.writes).toEqual(["create"]);
  });

  it("B23: to a .data request it has the cookie, for loaders, actions and redirects", async () => {
    const { sessions } = setUp();
    const { visitor } = await start({
      root: { middleware: session(sessions), default: page },
      home: {
        default: page,
        loader: ({ context }) => sessions.get(context).set("views", 1).get("views"),
        action: ({ context }) => {
          sessions.get(context).set("views", 2);
          return redirect("/after");
        },
      },
    });
    const loaded = await visitor()("/home.data");
    expect([loaded.status, loaded.headers["content-type"], cookies(loaded)]).toEqual([200, "text/x-script", 1]);
    const acted = await visitor()("/home.data", post());
    expect([acted.status, acted.headers.location, cookies(acted)]).toEqual([202, undefined, 1]);
    expect(acted.body).toContain('"/after"');
  });

  it("B23: a redirect with immutable headers, and other cookies, keep what they have", async () => {
    const { sessions } = setUp();
    const { visitor } = await start({
      root: { middleware: session(sessions), default: page },
      fixed: {
        loader: ({ context }) => {
          sessions.get(context).set("views", 1);
          return Response.redirect("http://localhost/after");
        },
      },
      home: {
        default: page,
        headers: ({ loaderHeaders }) => loaderHeaders,
        loader: ({ context }) => {
          sessions.get(context).set("views", 1);
          return data(null, {
            headers: [
              ["set-cookie", "a=1"],
              ["set-cookie", "b=2"],
            ],
          });
        },
      },
    });
    const fixed = await visitor()("/fixed");
    expect([fixed.status, fixed.headers.location, cookies(fixed)]).toEqual([302, "http://localhost/after", 1]);
    expect((await visitor()("/home")).headers["set-cookie"]).toEqual([
      "a=1",
      "b=2",
      expect.stringMatching(/^session=/),
    ]);
  });

  it("B20: while promises of a loader stream, only what is durable on its own can change the session", async () => {
    const { sessions } = setUp();
    const [headed, tried] = [deferred(), deferred<unknown>()];
    const { visitor } = await start({
      root: { middleware: session(sessions), default: page },
      home: {
        default: page,
        loader: ({ context }) => {
          const visit = sessions.get(context).set("views", 1);
          const later = headed.promise.then(async () => {
            try {
              visit.set("views", 9);
            } catch (error) {
              tried.resolve(error);
            }
            return visit.update("views", (views = 0) => views + 1);
          });
          return { later };
        },
      },
    });
    const ada = visitor();
    const answer = await ada("/home.data", { onHead: () => headed.resolve() });
    expect(cookies(answer)).toBe(1);
    expect(await tried.promise).toMatchObject({ code: "SESSION_CLOSED" });
    const [only] = (await sessions.list({ anyUser: true })).sessions;
    expect(await sessions.edit(only?.id ?? "", (visit) => visit.get("views"))).toBe(2);
  });
});

describe("what goes wrong", () => {
  it.each(["/home", "/home.data"])("B24: a failed commit goes to boundary and handleError: %s", async (path) => {
    const { store, sessions } = setUp();
    const errors: unknown[] = [];
    const { visitor } = await start(
      {
        root: { middleware: session(sessions), default: page, ErrorBoundary: page },
        home: {
          default: page,
          loader: ({ context }) => {
            sessions.get(context).set("views", 1);
            store.isDown = true;
            return { secret: "of this visitor" };
          },
        },
      },
      (error) => void errors.push(error),
    );
    const answer = await visitor()(path);
    expect([answer.status, cookies(answer)]).toEqual([503, 0]);
    expect(answer.body).toContain("The service is not available at the moment.");
    expect(answer.body).not.toContain("The test has switched the store off.");
    expect(errors).toEqual([expect.objectContaining({ status: 503, error: expect.any(SessionError) })]);
  });

  it("B19: a bug of a route drops the changes, what data() throws with 4xx keeps them", async () => {
    const { sessions } = setUp();
    const { visitor } = await start({
      root: { middleware: session(sessions), default: page },
      home: {
        default: page,
        loader: ({ context, request }) => {
          const visit = sessions.get(context);
          const before = visit.get("views");
          visit.set("views", (before ?? 0) + 1);
          if (new URL(request.url).searchParams.has("bug")) throw new Error("a bug");
          if (new URL(request.url).searchParams.has("missing")) throw data(null, { status: 404 });
          return before;
        },
      },
    });
    const ada = visitor();
    expect([(await ada("/home?missing")).status, (await ada("/home?bug")).status]).toEqual([404, 500]);
    expect(JSON.parse((await ada("/home")).body)).toMatchObject({ loaderData: { home: 1 } });
  });

  it("B19: where a middleware of a resource route throws, the cookie of what was saved goes out", async () => {
    const { sessions } = setUp();
    const { visitor } = await start({
      root: { middleware: session(sessions) },
      home: {
        middleware: [
          async ({ context }) => {
            const visit = sessions.get(context).set("views", 1);
            await visit.save();
            visit.set("views", 2);
            throw new SessionError("SESSION_CLOSED", "Thrown by the test.");
          },
        ],
        loader: ({ context }) => Response.json(sessions.get(context).toObject()),
      },
    });
    const answer = await visitor()("/home");
    expect([answer.status, cookies(answer), answer.body]).toEqual([500, 1, "Something went wrong here.\n"]);
    const [only] = (await sessions.list({ anyUser: true })).sessions;
    expect(await sessions.edit(only?.id ?? "", (visit) => visit.get("views"))).toBe(1);
  });

  it("B19: where it throws and nothing was saved, React Router answers, and handleError is told", async () => {
    const { sessions } = setUp();
    const errors: unknown[] = [];
    const bug = new Error("a bug");
    const { visitor } = await start(
      {
        root: { middleware: session(sessions) },
        home: {
          middleware: [
            ({ context }) => {
              sessions.get(context).set("views", 1);
              throw bug;
            },
          ],
          loader: () => new Response("home"),
        },
      },
      (error) => void errors.push(error),
    );
    const answer = await visitor()("/home");
    expect([answer.status, cookies(answer), errors]).toEqual([500, 0, [bug]]);
    expect(await sessions.count()).toBe(0);
  });

  it("a session that skip left out says so when it is used", async () => {
    const { sessions } = setUp({ skip: ({ url }) => url.endsWith("/health") });
    const errors: unknown[] = [];
    const { visitor } = await start(
      {
        root: { middleware: session(sessions) },
        health: { loader: ({ context }) => new Response(sessions.get(context).id) },
      },
      (error) => void errors.push(error),
    );
    expect((await visitor()("/health")).status).toBe(500);
    expect(errors).toEqual([expect.objectContaining({ code: "SESSION_NOT_MOUNTED" })]);
  });
});
