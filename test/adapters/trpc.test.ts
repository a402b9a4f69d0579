import { setTimeout as sleep } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import { initTRPC, TRPCError } from "@trpc/server";
import { createHTTPHandler } from "@trpc/server/adapters/standalone";
import { createSessions, type Session } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { createJar } from "coatcheck/testing";
import { handleFetch, sessionContext, sessionErrors } from "coatcheck/trpc";
import { session } from "coatcheck/trpc-node";
import { describe, expect, expectTypeOf, onTestFinished, test } from "vitest";
import type { Awaitable } from "../../src/types/awaitable.ts";
import { type Listener, serve } from "../support/adapters/node.ts";

interface Visit {
  views: number;
  apples: number;
}

/** What a client of tRPC sees of one procedure. */
interface Result {
  readonly result?: { readonly data: unknown };
  readonly error?: { readonly message: string; readonly data: { readonly code: string; readonly httpStatus: number } };
}

function application() {
  const memory = memoryStore();
  const writes: string[] = [];
  const state = { isDown: false };
  const noted = <Call extends unknown[], T>(name: string, run: (...call: Call) => Awaitable<T>) => {
    return async (...call: Call): Promise<T> => {
      if (state.isDown) throw new Error("The disk is full.");
      if (name !== "read") writes.push(name);
      return run(...call);
    };
  };
  const store = {
    ...memory,
    read: noted("read", memory.read),
    create: noted("create", memory.create),
    replace: noted("replace", memory.replace),
  };
  const sessions = createSessions<Visit>({ store, observer: () => undefined });
  const createContext = sessionContext(sessions);
  const t = initTRPC.context<ReturnType<typeof createContext>>().create();
  const procedure = t.procedure.use(sessionErrors);
  const router = t.router({
    view: procedure.mutation(({ ctx }) => {
      expectTypeOf(ctx.session).toEqualTypeOf<Session<Visit>>();
      ctx.session.set("views", (ctx.session.get("views") ?? 0) + 1);
      return ctx.session.get("views");
    }),
    apple: procedure.mutation(({ ctx }) => ctx.session.update("apples", (apples = 0) => apples + 1)),
    read: procedure.query(({ ctx }) => ctx.session.toObject()),
    readPlainly: t.procedure.query(({ ctx }) => ctx.session.toObject()),
    breakDown: procedure.mutation(({ ctx }) => {
      ctx.session.set("apples", 99);
      throw new Error("a bug of the application");
    }),
    refuse: procedure.mutation(({ ctx }) => {
      ctx.session.set("apples", 7);
      throw new TRPCError({ code: "FORBIDDEN" });
    }),
    fill: procedure.mutation(({ ctx }) => {
      ctx.session.set("views", 99);
      state.isDown = true;
    }),
    slowView: procedure.mutation(async ({ ctx }) => {
      await sleep(50);
      ctx.session.set("views", 1);
    }),
    slowApple: procedure.mutation(async ({ ctx }) => {
      await sleep(50);
      return ctx.session.update("apples", (apples = 0) => apples + 1);
    }),
  });
  return { sessions, router, createContext, writes, state };
}

type Application = ReturnType<typeof application>;

const listeners: Record<string, (app: Application) => Listener> = {
  "the standalone adapter": ({ sessions, router, createContext }) =>
    createHTTPHandler({ router, createContext, middleware: session(sessions) }),
  "the fetch adapter": ({ sessions, router, createContext }) =>
    getRequestListener((req) => handleFetch(sessions, { endpoint: "/", req, router, createContext }), {
      overrideGlobalObjects: false,
    }) as Listener,
};

describe.each(Object.entries(listeners))("tRPC by %s", (_, listenerOf) => {
  async function open() {
    const app = application();
    const server = await serve(listenerOf(app));
    onTestFinished(() => server.close());
    const jar = createJar();
    /** One HTTP request for one or several procedures. */
    const call = async (method: "GET" | "POST", names: string[], headers: Record<string, string> = {}) => {
      const sent = { cookie: jar.header(server.url) ?? "", "content-type": "application/json", ...headers };
      const body = method === "POST" ? { body: "{}" } : {};
      const response = await fetch(`${server.url}/${names.join(",")}?batch=1`, { method, headers: sent, ...body });
      jar.store(server.url, response.headers.getSetCookie());
      return { response, cookies: response.headers.getSetCookie().length, text: await response.text() };
    };
    const results = ({ text }: { text: string }): Result[] => JSON.parse(text) as Result[];
    return { ...app, call, results };
  }

  test("B23: the procedures of a batch share one session, one commit and one cookie", async () => {
    const { call, results, writes } = await open();
    const first = await call("POST", ["view", "view", "view"]);
    expect(results(first).map(({ result }) => result?.data)).toEqual([1, 2, 3]);
    expect(first.cookies).toBe(1);
    expect(writes).toEqual(["create"]);
    expect(results(await call("GET", ["read"]))[0]?.result?.data).toEqual({ views: 3 });
  });

  test("B11: updates of parallel batches are all kept", async () => {
    const { call, results } = await open();
    await call("POST", ["view"]);
    await Promise.all([1, 2, 3].map(() => call("POST", ["apple", "apple"])));
    expect(results(await call("GET", ["read"]))[0]?.result?.data).toEqual({ views: 1, apples: 6 });
  });

  test("B24: a commit that fails is the response of every procedure, with its status and without its reason", async () => {
    const { call, results, state } = await open();
    const failed = await call("POST", ["view", "fill"]);
    expect([failed.response.status, failed.cookies]).toEqual([503, 0]);
    expect(results(failed)).toHaveLength(2);
    for (const { error } of results(failed)) {
      expect(error?.data.code).toBe("SERVICE_UNAVAILABLE");
      expect(error?.message).not.toMatch(/disk|store/);
    }
    state.isDown = false;
    expect(results(await call("GET", ["read"]))[0]?.result?.data).toEqual({});
  });

  test("B19: what a batch wrote is dropped if all of it failed, and kept if a part of it did", async () => {
    const { call, results } = await open();
    await call("POST", ["view"]);
    const failed = await call("POST", ["breakDown"]);
    expect(failed.response.status).toBe(500);
    expect((await call("POST", ["refuse"])).response.status).toBe(403);
    expect(results(await call("GET", ["read"]))[0]?.result?.data).toEqual({ views: 1, apples: 7 });
    const mixed = await call("POST", ["view", "breakDown"]);
    expect(mixed.response.status).toBe(207);
    expect(results(await call("GET", ["read"]))[0]?.result?.data).toEqual({ views: 2, apples: 99 });
  });

  test("B25: a session that cannot be loaded has its own status by sessionErrors, and 500 without", async () => {
    const { call, results, state } = await open();
    await call("POST", ["view"]);
    state.isDown = true;
    const [read] = results(await call("GET", ["read"]));
    expect([read?.error?.data.httpStatus, read?.error?.data.code]).toEqual([503, "SERVICE_UNAVAILABLE"]);
    const [plain] = results(await call("GET", ["readPlainly"]));
    expect(plain?.error?.data.httpStatus).toBe(500);
  });

  test("B20: a batch that is streamed has responded before its procedures end: set() is refused, update() counts", async () => {
    const { call, results } = await open();
    await call("POST", ["view"]);
    const streamed = await call("POST", ["slowView", "slowApple"], { "trpc-accept": "application/jsonl" });
    expect(streamed.response.status).toBe(200);
    expect(streamed.text).toContain('"code":"INTERNAL_SERVER_ERROR"');
    expect(results(await call("GET", ["read"]))[0]?.result?.data).toEqual({ views: 1, apples: 1 });
  });
});

test("B18: handleFetch takes several managers, and leaves loading to those who want it", async () => {
  const visits = createSessions<Visit>({ store: memoryStore(), observer: () => undefined });
  const tastes = createSessions<{ theme: string }>({ name: "taste", store: memoryStore(), observer: () => undefined });
  const createContext = ({ req }: { req: Request }) => ({ visit: visits.get(req), taste: tastes.get(req) });
  const t = initTRPC.context<ReturnType<typeof createContext>>().create();
  const router = t.router({
    both: t.procedure.mutation(async ({ ctx }) => {
      await Promise.all([ctx.visit.load(), ctx.taste.load()]);
      ctx.visit.set("views", 1);
      ctx.taste.set("theme", "dark");
    }),
  });
  const headers = { "content-type": "application/json" };
  const req = new Request("http://localhost/trpc/both", { method: "POST", body: "{}", headers });
  const response = await handleFetch(
    [visits, tastes],
    { endpoint: "/trpc", req, router, createContext },
    { lazy: true },
  );
  expect(response.headers.getSetCookie().map((line) => line.split("=")[0])).toEqual(["taste", "session"]);
  // @ts-expect-error what is mounted is a manager of sessions
  expect(() => session({})).toThrow(/takes a manager first/);
});

test("sessionContext says what is missing where nothing is mounted", () => {
  const { createContext } = application();
  expect(() => createContext({ req: new Request("http://localhost/") })).toThrow(
    expect.objectContaining({ code: "SESSION_NOT_MOUNTED" }),
  );
});
