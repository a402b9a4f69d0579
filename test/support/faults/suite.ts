import { createSessions, type SessionEvent, type Sessions, type SessionsOptions } from "coatcheck";
import { openStore } from "coatcheck/stores/open";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { Browser, recorder } from "../browser/visitor.ts";
import { proxied } from "../proxy/proxied.ts";
import type { OwnServer } from "../servers/own-server.ts";
import { patient } from "../stores/stores.ts";
import { type Counted, Counter } from "./counter.ts";
import { expectWithin } from "./lateness.ts";

/** A server of the tests' own; the file's teardown disposes of it. */
export type StartServer = () => Promise<OwnServer>;

export interface FaultyManager {
  readonly sessions: Sessions<Counted>;
  readonly events: (type: SessionEvent["type"]) => SessionEvent[];
}

const limits = { storeTimeout: "300ms", commitTimeout: "1s" } as const;
const storeTimeout = 300;
const commitTimeout = 1_000;

/** A manager over the store that a URL names, closed after the test. */
export async function open(
  url: string,
  options: Pick<SessionsOptions<Counted>, "storeTimeout" | "commitTimeout"> = {},
): Promise<FaultyManager> {
  const observer = recorder();
  const store = await openStore(url);
  const sessions = createSessions<Counted>({ store, observer, pruneInterval: false, ...limits, ...options });
  onTestFinished(() => sessions.close());
  return { sessions, events: observer.of };
}

/** A visitor with a session, on a connection that is there: to open the first one may take longer than a short limit. */
async function visitorOf({ sessions }: FaultyManager): Promise<Browser<Counted>> {
  const browser = new Browser(sessions);
  await expect.poll(async () => (await browser.visit((session) => session.set("n", 1))).status).toBe(200);
  return browser;
}

export interface NetworkFaults {
  /** Of 300 writes one in so many is struck. */
  readonly strikeEvery?: number;
}

/** Faults between a manager and the server of its store. */
export function networkFaults(name: string, start: StartServer, { strikeEvery = 2 }: NetworkFaults = {}): void {
  describe(`faults between the application and ${name}`, () => {
    let server: OwnServer;
    beforeAll(async () => {
      server = await start();
      // Tables and indexes are made once, so that a fault meets the sessions.
      const store = await openStore(server.url);
      await store.setup?.();
      await store.close?.();
    });
    afterAll(() => server.dispose());

    test("B40: a server that is down at the start fails only those who need it, and serves them once it is there", async () => {
      const proxy = await proxied(server.url);
      proxy.refuse();
      const { sessions } = await open(proxy.url);
      const browser = new Browser(sessions);
      expect((await browser.visit(() => "no session needed")).status).toBe(200);
      // The first use asks for the server's time as well.
      await expectWithin(storeTimeout + commitTimeout, async () => {
        const refused = await browser.visit((session) => session.set("n", 1));
        expect([refused.status, refused.setCookies]).toEqual([503, []]);
      });
      await proxy.accept();
      await expect.poll(async () => (await browser.visit((session) => session.set("n", 1))).status).toBe(200);
      await expect.poll(async () => (await browser.visit((session) => session.get("n"))).result).toBe(1);
    });

    test("B40 B24: a server that goes down between load and commit gives an error, and the visitor keeps the session", async () => {
      const proxy = await proxied(server.url);
      const manager = await open(proxy.url, patient);
      const browser = await visitorOf(manager);
      const { cookieHeader } = browser;
      const failed = await browser.visit((session) => {
        session.set("n", (session.get("n") ?? 0) + 1);
        proxy.refuse();
        proxy.cut();
      });
      expect([failed.status, failed.setCookies, browser.cookieHeader]).toEqual([503, [], cookieHeader]);
      expect(manager.events("store-error")).not.toHaveLength(0);
      const whileDown = await browser.visit((session) => session.get("n"));
      expect([whileDown.status, whileDown.setCookies]).toEqual([503, []]);
      await proxy.accept();
      await expect.poll(async () => (await browser.visit((session) => session.get("n"))).result).toBe(1);
    });

    test("B40: a connection that nothing comes back from costs the configured time, and is given up for a new one", async () => {
      const proxy = await proxied(server.url);
      const browser = await visitorOf(await open(proxy.url));
      proxy.set({ kind: "drop" });
      for (let visit = 0; visit < 3; visit++) {
        await expectWithin(storeTimeout, async () => {
          expect((await browser.visit((session) => session.get("n"))).status).toBe(503);
        });
      }
      const blind = Array.from({ length: 20 }, () => browser.copy().visit((session) => session.get("n")));
      expect((await Promise.all(blind)).map(({ status }) => status)).toEqual(Array(20).fill(503));
      // What was swallowed stays a black hole for ever; only new connections get through.
      proxy.clear();
      await expect.poll(async () => (await browser.visit((session) => session.get("n"))).result).toBe(1);
    });

    test.for([1, 50])("B40: %i ms of latency is only that", async (ms) => {
      const proxy = await proxied(server.url);
      const { sessions } = await open(proxy.url, patient);
      const counter = await Counter.start(sessions);
      proxy.set({ kind: "delay", ms });
      await Promise.all(Array.from({ length: 20 }, () => counter.add()));
      expect(counter.acknowledged).toBe(20);
      await counter.check();
    });

    test("B40: 60 s of latency is an answer within the limits, and what arrives late is either in time or nothing", async () => {
      const proxy = await proxied(server.url);
      const { sessions } = await open(proxy.url);
      const counter = await Counter.start(sessions);
      proxy.set({ kind: "delay", ms: 60_000 });
      await expectWithin(commitTimeout + storeTimeout, () =>
        Promise.all(Array.from({ length: 10 }, () => counter.add())),
      );
      expect(counter.acknowledged).toBe(0);
      proxy.clear();
      proxy.cut();
      await expect.poll(() => counter.add().then(() => counter.acknowledged)).toBeGreaterThan(0);
      await counter.check();
    });

    test("B40: connections reset before and after the server executed the write: 300 acknowledged increments are 300", async () => {
      const proxy = await proxied(server.url);
      const { sessions } = await open(proxy.url, patient);
      const counter = await Counter.start(sessions);
      for (let turn = 0; turn < 300; turn++) {
        if (turn % strikeEvery === 0) void proxy.once({ kind: turn % (2 * strikeEvery) === 0 ? "after" : "before" });
        while (counter.acknowledged <= turn) await counter.add();
      }
      proxy.clear();
      const each = 300 / strikeEvery / 2;
      expect([proxy.struck.after, proxy.struck.before]).toEqual([each, each]);
      await expect
        .poll(() =>
          counter.check().then(
            () => true,
            () => false,
          ),
        )
        .toBe(true);
      await counter.check();
    });

    test("B40: resets at random under load leave nothing lost and nothing invented", async () => {
      const proxy = await proxied(server.url);
      const { sessions } = await open(proxy.url, patient);
      const counter = await Counter.start(sessions);
      for (const kind of ["after", "before"] as const) {
        proxy.set({ kind }, { probability: 0.1 });
        const goal = counter.acknowledged + 150;
        await counter.addWhile(() => counter.acknowledged < goal);
      }
      proxy.clear();
      await expect
        .poll(() =>
          sessions.count().then(
            () => true,
            () => false,
          ),
        )
        .toBe(true);
      await counter.check();
    });

    test("B43: a server that stands still and goes on, in mid-load", async () => {
      const { sessions } = await open(server.url);
      const counter = await Counter.start(sessions);
      let isOver = false;
      const load = counter.addWhile(() => !isOver);
      await expect.poll(() => counter.acknowledged).toBeGreaterThan(20);
      await server.freeze();
      await expect.poll(() => counter.unknown + counter.refused).toBeGreaterThan(8);
      await server.thaw();
      const before = counter.acknowledged;
      await expect.poll(() => counter.acknowledged).toBeGreaterThan(before + 50);
      isOver = true;
      await load;
      await counter.check();
    });
  });
}

/** For servers that keep on disk what they acknowledged. */
export function restartFaults(name: string, start: StartServer): void {
  describe(`${name} restarts`, () => {
    test.for(["kill -9", "an orderly restart"])(
      "B43: %s in mid-load loses no acknowledged write, and needs no restart of the application",
      async (how) => {
        const server = await start();
        onTestFinished(() => server.dispose());
        const { sessions } = await open(server.url, { storeTimeout: "2s" });
        const counter = await Counter.start(sessions);
        let isOver = false;
        const load = counter.addWhile(() => !isOver);
        for (let round = 0; round < 2; round++) {
          const before = counter.acknowledged;
          await expect.poll(() => counter.acknowledged).toBeGreaterThan(before + 50);
          if (how === "kill -9") await server.kill("SIGKILL");
          await server.restart();
        }
        const before = counter.acknowledged;
        await expect.poll(() => counter.acknowledged).toBeGreaterThan(before + 50);
        isOver = true;
        await load;
        await counter.check();
      },
    );
  });
}
