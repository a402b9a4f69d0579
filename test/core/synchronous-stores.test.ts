import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createSessions, type OpenSession, type SessionStore } from "coatcheck";
import { listener } from "coatcheck/node";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, it } from "vitest";

type Data = { views: number };

const isPromise = (value: unknown): boolean => typeof (value as { then?: unknown } | undefined)?.then === "function";

/** A store whose writes throw, without a promise, while `isDown`. */
function throwing(): SessionStore & { isDown: boolean } {
  const memory = memoryStore();
  const failing =
    (method: "create" | "replace" | "touch" | "delete") =>
    (...call: unknown[]) => {
      if (store.isDown) throw new Error("thrown at once");
      return (memory[method] as (...call: unknown[]) => never)(...call);
    };
  const store = {
    ...memory,
    isDown: false,
    create: failing("create"),
    replace: failing("replace"),
    touch: failing("touch"),
    delete: failing("delete"),
  };
  return store;
}

describe("a synchronous store", () => {
  const works: Record<string, (opened: OpenSession<Data>) => void> = {
    "writes a key": ({ session }) => void session.set("views", 2),
    "signs in": ({ session }) => session.login("ann"),
    regenerates: ({ session }) => session.regenerate(),
    ends: ({ session }) => void session.destroy(),
    updates: ({ session }) => void session.update("views", (now = 0) => now + 1),
  };

  it.each(Object.keys(works))("a request that %s is opened and committed without a promise", async (name) => {
    const sessions = createSessions<Data>();
    const { cookie } = await sessions.issue({ data: { views: 1 } });
    for (const headers of [{ cookie }, {}]) {
      const opened = sessions.open(new Request("http://localhost/", { headers }));
      expect(isPromise(opened)).toBe(false);
      works[name]?.(opened as OpenSession<Data>);
      expect(isPromise((opened as OpenSession<Data>).commit({ status: 200 }))).toBe(false);
    }
  });

  it("updates that start in one turn of the event loop are each applied once", async () => {
    const sessions = createSessions<Data>();
    const { cookie } = await sessions.issue({ data: { views: 0 } });
    const request = () => sessions.open(new Request("http://localhost/", { headers: { cookie } })) as OpenSession<Data>;
    const opened = Array.from({ length: 50 }, request);
    const results = await Promise.all(opened.map(({ session }) => session.update("views", (now = 0) => now + 1)));
    expect(results).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  });

  it("an update inside the function of an update waits for it", async () => {
    const sessions = createSessions<Data>();
    const { cookie } = await sessions.issue({ data: { views: 0 } });
    const { session } = await sessions.open(new Request("http://localhost/", { headers: { cookie } }));
    let inner: Promise<number> | undefined;
    const outer = await session.update("views", (now = 0) => {
      inner ??= session.update("views", (then = 0) => then + 10);
      return now + 1;
    });
    expect([outer, await inner]).toEqual([1, 11]);
  });
});

describe("a store that throws synchronously", () => {
  it("a store that throws synchronously fails the commit as a rejection, because adapters call it inside res.end()", async () => {
    const store = throwing();
    const sessions = createSessions<Data>({ store, observer: () => undefined });
    const { cookie } = await sessions.issue({ data: { views: 1 } });
    store.isDown = true;
    for (const headers of [{ cookie }, {}]) {
      const { session, commit } = await sessions.open(new Request("http://localhost/", { headers }));
      session.set("views", 2);
      const committing = commit({ status: 200 });
      expect(isPromise(committing)).toBe(true);
      await expect(committing).rejects.toMatchObject({ status: 503 });
    }
  });

  it("a store that throws synchronously fails update() as a rejection, and an update that is not awaited as the request's", async () => {
    const store = throwing();
    const sessions = createSessions<Data>({ store, observer: () => undefined });
    const { cookie } = await sessions.issue({ data: { views: 1 } });
    store.isDown = true;
    const open = () => sessions.open(new Request("http://localhost/", { headers: { cookie } }));
    const awaited = await open();
    await expect(awaited.session.update("views", () => 2)).rejects.toMatchObject({ status: 503 });
    expect(await awaited.commit({ status: 200 })).toEqual(expect.any(Array));
    const unawaited = await open();
    void unawaited.session.update("views", () => 2);
    await expect(unawaited.commit({ status: 200 })).rejects.toMatchObject({ status: 503 });
  });

  it("a store that throws synchronously is a 503 on node:http, and the server lives", async () => {
    const store = throwing();
    const sessions = createSessions<Data>({ store, observer: () => undefined });
    const { cookie } = await sessions.issue({ data: { views: 1 } });
    const handler = listener(sessions, (req, res) => {
      sessions.get(req).set("views", 2);
      res.end("stored");
    });
    const server = createServer(handler).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    store.isDown = true;
    expect((await fetch(url, { headers: { cookie } })).status).toBe(503);
    store.isDown = false;
    expect(await (await fetch(url, { headers: { cookie } })).text()).toBe("stored");
    server.close();
  });
});
