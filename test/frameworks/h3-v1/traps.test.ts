import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { createSessions, type SessionStore } from "coatcheck";
import { session } from "coatcheck/h3-v1";
import { memoryStore } from "coatcheck/stores/memory";
import {
  createApp,
  createError,
  createRouter,
  defineEventHandler,
  type H3Error,
  type H3Event,
  toNodeListener,
} from "h3";
import { fetchNodeRequestHandler } from "node-mock-http";
import { describe, expect, onTestFinished, test, vi } from "vitest";

interface Visit {
  views: number;
}

type Visiting = (path: string) => Promise<Response>;

/** By a real server, and as Nitro calls itself. */
const ways: Record<string, (listener: RequestListener) => Promise<Visiting>> = {
  "a Node response": async (listener) => {
    const server = createServer(listener).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    return (path) => fetch(`http://127.0.0.1:${port}${path}`, { redirect: "manual" });
  },
  "a made-up response": async (listener) => (path) => fetchNodeRequestHandler(listener as never, path, {}),
};

const cookieNames = ({ headers }: Response) => headers.getSetCookie().map((line) => line.split("=")[0]);
const down = async (): Promise<never> => {
  throw new Error("the store is down");
};

describe.each(Object.entries(ways))("h3 1 on %s", (_, visiting) => {
  async function setting(handlers: Record<string, (event: H3Event) => unknown>, store: SessionStore = memoryStore()) {
    const sessions = createSessions<Visit>({ store, observer: () => undefined });
    const errors: H3Error[] = [];
    const app = createApp({ onError: (error) => void errors.push(error) });
    session(sessions)({ h3App: app });
    const router = createRouter();
    for (const [path, handler] of Object.entries(handlers)) router.use(path, defineEventHandler(handler));
    app.use(router);
    return { sessions, errors, app, visit: await visiting(toNodeListener(app) as RequestListener) };
  }

  const write = ({ context }: H3Event, views: number) => context.session.set("views", views);

  test("B19: an error response has the cookie of what was saved, and of what a 4xx keeps", async () => {
    const { visit, sessions } = await setting({
      "/saves": async (event) => {
        await write(event, 1).save();
        throw createError({ statusCode: 500 });
      },
      "/forbidden": (event) => {
        write(event, 2);
        throw createError({ statusCode: 403 });
      },
      "/fails": (event) => {
        write(event, 3);
        throw createError({ statusCode: 502 });
      },
    });
    for (const [path, status, names] of [
      ["/saves", 500, ["session"]],
      ["/forbidden", 403, ["session"]],
      ["/fails", 502, []],
    ] as const) {
      const answer = await visit(path);
      expect([answer.status, cookieNames(answer)]).toEqual([status, names]);
    }
    expect(await sessions.count()).toBe(2);
  });

  test("B24: a failed commit is an error of the application's onError, whichever way the handler responded", async () => {
    const answers: Record<string, (event: H3Event) => unknown> = {
      "/value": () => ({ secret: 1 }),
      "/response": () => new Response("secret", { headers: { "x-own": "1" } }),
      "/by-itself": ({ node: { res } }) => void res.writeHead(303, { location: "/elsewhere" }).end("secret"),
    };
    const handlers = Object.entries(answers).map(([path, answer]) => [
      path,
      (event: H3Event) => {
        write(event, 1);
        return answer(event);
      },
    ]);
    const { visit, errors } = await setting(Object.fromEntries(handlers), { ...memoryStore(), create: down });
    const printed = vi.spyOn(console, "error").mockImplementation(() => undefined);
    onTestFinished(() => printed.mockRestore());
    for (const path of Object.keys(answers)) {
      const answer = await visit(path);
      expect([path, answer.status, cookieNames(answer), answer.headers.get("location")]).toEqual([path, 503, [], null]);
      expect(await answer.text()).not.toContain("secret");
      expect(errors.pop()).toMatchObject({ statusCode: 503, message: expect.stringContaining("store failed") });
    }
  });

  test("a Response of the handler, whose headers h3 copies, has the cookie beside its own", async () => {
    const { visit } = await setting({
      "/": (event) => {
        write(event, 1);
        return new Response("mine", { headers: { "set-cookie": "other=yes" } });
      },
    });
    const answer = await visit("/");
    expect([await answer.text(), cookieNames(answer).sort()]).toEqual(["mine", ["other", "session"]]);
  });

  test("mounted twice it is there once", async () => {
    const { visit, app, sessions } = await setting({
      "/": (event) => {
        event.context.visit.set("views", 1);
        return String(event.context.visit === event.context.session);
      },
    });
    session(sessions)({ h3App: app });
    session(sessions, { as: "visit" })({ h3App: app });
    const answer = await visit("/");
    expect([await answer.text(), cookieNames(answer)]).toEqual(["true", ["session"]]);
  });
});
