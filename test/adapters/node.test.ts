import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";
import { createSessions, type SessionsOptions } from "coatcheck";
import { type ListenerOptions, listener, session } from "coatcheck/node";
import { memoryStore } from "coatcheck/stores/memory";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { testStore } from "../../src/testing/adapter/recording-store.ts";
import { ask, askHttp2, deferred, type Listener, type Protocol, type Served, serve } from "../support/adapters/node.ts";

interface Visit {
  views: number;
}

const printed = vi.spyOn(console, "error");
const unhandled: unknown[] = [];
const onUnhandled = (error: unknown): void => void unhandled.push(error);
beforeAll(() => {
  printed.mockImplementation(() => undefined);
  process.on("unhandledRejection", onUnhandled).on("uncaughtException", onUnhandled);
});
afterAll(() => {
  printed.mockRestore();
  process.off("unhandledRejection", onUnhandled).off("uncaughtException", onUnhandled);
});

const open: Served[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
  printed.mockClear();
  expect(unhandled.splice(0)).toEqual([]);
});

function setUp(options: Omit<SessionsOptions<Visit>, "store" | "schema"> = {}) {
  const store = testStore(memoryStore());
  const sessions = createSessions<Visit>({ store, observer: () => undefined, pruneInterval: false, ...options });
  return { store, sessions };
}

async function listening(answer: Listener, protocol: Protocol = "http"): Promise<string> {
  const served = await serve(answer, protocol);
  open.push(served);
  return served.url;
}

type Handler = Parameters<typeof listener<Visit>>[1];

describe("listener", () => {
  it("listener() hands the session to a handler, sync or async, and stores it before the response", async () => {
    const { sessions } = setUp();
    const handlers: Handler[] = [
      (_req, res, session) => {
        session.set("views", 1);
        res.end("ok");
      },
      async (_req, res, session) => {
        await Promise.resolve();
        session.set("views", 1);
        res.end("ok");
      },
    ];
    for (const handler of handlers) {
      const { body, headers } = await ask(await listening(listener(sessions, handler)));
      expect(body).toBe("ok");
      expect(headers["set-cookie"]).toHaveLength(1);
    }
    expect(await sessions.count()).toBe(2);
  });

  it.each<[string, Handler]>([
    [
      "throws",
      () => {
        throw new Error("secret detail");
      },
    ],
    ["rejects", () => Promise.reject(new Error("secret detail"))],
  ])("B19: a handler that %s is answered without details, and printed", async (_, handler) => {
    const { status, headers, body } = await ask(await listening(listener(setUp().sessions, handler)));
    expect({ status, body }).toEqual({ status: 500, body: "Something went wrong here.\n" });
    expect(headers).toMatchObject({ "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" });
    expect(printed.mock.calls).toEqual([[expect.objectContaining({ message: "secret detail" })]]);
  });

  it("B24: a commit that fails is answered by its status, without details, and not printed", async () => {
    const { store, sessions } = setUp();
    const url = await listening(
      listener(sessions, (_req, res, session) => {
        session.set("views", 1);
        store.isDown = true;
        res.setHeader("content-type", "application/json").end("{}");
      }),
    );
    const { status, headers, body } = await ask(url);
    expect({ status, body }).toEqual({
      status: 503,
      body: "The service is not available at the moment. Please try again.\n",
    });
    expect(headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(printed).not.toHaveBeenCalled();
  });

  it("what the client asked wrongly is answered by its own status, and not printed", async () => {
    const handler: Handler = () => Promise.reject(Object.assign(new Error("no such coat"), { status: 404 }));
    const answer = await ask(await listening(listener(setUp().sessions, handler)));
    expect(answer).toMatchObject({ status: 404, body: "The request failed.\n" });
    expect(printed).not.toHaveBeenCalled();
  });

  it("an error after the response has begun cuts it off, so that a half one does not look whole", async () => {
    const handler: Handler = async (_req, res) => {
      res.writeHead(200, { "content-length": "100" });
      res.write("half");
      await new Promise((resolve) => setTimeout(resolve, 20));
      throw new Error("too late");
    };
    const url = await listening(listener(setUp().sessions, handler));
    await expect(ask(url)).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(printed).toHaveBeenCalledOnce();
  });

  it("an error after the response was given is printed, and the response arrives", async () => {
    const handler: Handler = (_req, res) => {
      res.end("whole");
      throw new Error("too late");
    };
    expect(await ask(await listening(listener(setUp().sessions, handler)))).toMatchObject({
      status: 200,
      body: "whole",
    });
    expect(printed).toHaveBeenCalledOnce();
  });

  describe("onError", () => {
    const failing = (onError: NonNullable<ListenerOptions["onError"]>) => {
      const { store, sessions } = setUp();
      return listening(
        listener(
          sessions,
          (req, res, session) => {
            if (req.url === "/throw") throw new Error("thrown");
            session.set("views", 1);
            store.isDown = true;
            res.end("ok");
          },
          { onError },
        ),
      );
    };

    it("onError responds to errors of the handler and of the commit", async () => {
      const url = await failing((error, req, res) => {
        res.statusCode = 418;
        res.end(`${req.url}: ${(error as Error).name}`);
      });
      expect(await ask(`${url}/throw`)).toMatchObject({ status: 418, body: "/throw: Error" });
      expect(await ask(`${url}/commit`)).toMatchObject({ status: 418, body: "/commit: SessionError" });
    });

    it("an onError that fails is printed, and the response is 500", async () => {
      const url = await failing(async () => {
        throw new Error("another bug");
      });
      expect(await ask(`${url}/throw`)).toMatchObject({ status: 500, body: "Something went wrong here.\n" });
      expect(await ask(`${url}/commit`)).toMatchObject({ status: 500 });
      expect(printed).toHaveBeenCalledTimes(2);
    });
  });

  it("a request that skip leaves out reaches the handler, whose session says so when it is used", async () => {
    const { sessions } = setUp({ skip: ({ url }) => url === "/skipped" });
    const url = await listening(
      listener(sessions, (_req, res, session) => {
        res.end(String(session.get("views")));
      }),
    );
    expect((await ask(url)).body).toBe("undefined");
    expect((await ask(`${url}/skipped`)).status).toBe(500);
  });

  it("listener() takes the types of HTTP/2, and finds the host in its pseudo-header", async () => {
    const { sessions } = setUp();
    const answer = listener(sessions, (req: Http2ServerRequest, res: Http2ServerResponse, session) => {
      session.set("views", req.stream.id ?? 0);
      res.end(String(session.get("views")));
    });
    const url = await listening(answer as unknown as Listener, "h2c");
    const { body, headers } = await askHttp2(url);
    expect(body).toBe("1");
    expect(headers["set-cookie"]).toEqual([expect.stringMatching(/^session=/)]);
  });
});

describe("session", () => {
  it("session() is middleware for any server of Node: the error of a commit comes to next, after next was called", async () => {
    const { store, sessions } = setUp();
    const mount = session(sessions);
    const calls: unknown[] = [];
    const url = await listening((req, res) =>
      mount(req, res, (error) => {
        calls.push(error);
        if (error !== undefined) return res.end("sorry");
        sessions.get(req).set("views", 1);
        store.isDown = true;
        return res.end("ok");
      }),
    );
    expect(await ask(url)).toMatchObject({ status: 503, body: "sorry" });
    expect(calls).toEqual([undefined, expect.objectContaining({ code: "STORE_UNAVAILABLE" })]);
  });

  it("B23: the visitor who leaves during the commit has what was written", async () => {
    const { store, sessions } = setUp();
    const left = deferred();
    const { create } = store;
    store.create = async (...args) => {
      await left.promise;
      return create(...args);
    };
    const leaving = new AbortController();
    const url = await listening(
      listener(sessions, (req, res, session) => {
        req.on("close", () => left.resolve());
        session.set("views", 1);
        res.end("ok");
        leaving.abort();
      }),
    );
    await expect(ask(url, { signal: leaving.signal })).rejects.toThrow();
    await expect.poll(() => sessions.count()).toBe(1);
  });
});
