import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";
import { Worker } from "node:worker_threads";
import { createSessions, type SessionStore } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recorder } from "../support/browser/visitor.ts";

let worker: Worker;
let port: number;
beforeAll(async () => {
  worker = new Worker(new URL("../support/workers/echo-server.js", import.meta.url));
  port = await new Promise((resolve) => worker.once("message", resolve));
});
afterAll(() => worker.terminate());

/**
 * A store that asks a server before it reads, as those of databases do. This process is busy for a second when the
 * question has left and its time limit runs, so that no answer can be read before.
 */
async function remote(port: number): Promise<{ store: SessionStore; close(): void }> {
  const memory = memoryStore();
  const socket: Socket = connect(port, "127.0.0.1").on("error", () => undefined);
  await once(socket, "connect");
  const asked: (() => void)[] = [];
  socket.on("data", () => asked.shift()?.());
  const ask = () =>
    new Promise<void>((resolve) => {
      asked.push(resolve);
      socket.write(".");
    });
  const store: SessionStore = {
    ...memory,
    read: async (...call) => {
      const answer = ask();
      queueMicrotask(() => block(1_000));
      await answer;
      return memory.read(...call);
    },
  };
  return { store, close: () => socket.destroy() };
}

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe("B114: a process that is busy for longer than storeTimeout", () => {
  it("B114: a busy process does not blame the store, whose reply has arrived", async () => {
    const { store, close } = await remote(port);
    const observer = recorder();
    const sessions = createSessions<{ n: number }>({ store, observer, storeTimeout: "200ms" });
    const { cookie } = await sessions.issue({ data: { n: 1 } });
    const { session } = await sessions.open(new Request("http://localhost/", { headers: { cookie } }));
    expect(session.get("n")).toBe(1);
    expect(observer.of("store-error")).toEqual([]);
    close();
  });

  it("B114: still gives up a store that does not answer, and says both", async () => {
    const silent = createServer(() => undefined).listen(0, "127.0.0.1");
    await new Promise((resolve) => silent.once("listening", resolve));
    const { store, close } = await remote((silent.address() as AddressInfo).port);
    const observer = recorder();
    const sessions = createSessions<{ n: number }>({ store, observer, storeTimeout: "200ms" });
    const { cookie } = await sessions.issue({ data: { n: 1 } });
    const { session } = await sessions.open(new Request("http://localhost/", { headers: { cookie } }));
    expect(() => session.get("n")).toThrow(
      /did not answer "read" within (?:1\d\d|200) ms, not counting \d+ ms in which this process was busy/,
    );
    expect(observer.of("warning")).toMatchObject([
      { code: "EVENT_LOOP_BLOCKED", message: expect.stringMatching(/was busy for (?:9\d\d|\d{4,}) ms/) },
    ]);
    close();
    silent.close();
  });
});
