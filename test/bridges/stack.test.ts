import { setImmediate as turn } from "node:timers/promises";
import { createSessions, type Session } from "coatcheck";
import { testClock } from "coatcheck/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Backing, keyvBackings, type Opened, unstorageBackings } from "../support/bridges/backings.ts";
import { closeClients, expressBackings } from "../support/bridges/express-stores.ts";
import { Browser, recorder } from "../support/browser/visitor.ts";

type Data = Record<string, unknown>;

afterAll(closeClients);

/** For machines that have more to do than this. */
const patient = { storeTimeout: "30s", commitTimeout: "60s" } as const;

/** Lets others go first, for a random number of turns. */
async function wander(): Promise<void> {
  for (let turns = Math.floor(Math.random() * 4); turns > 0; turns--) await turn();
}

const all: Readonly<Record<string, Readonly<Record<string, Backing>>>> = {
  unstorage: unstorageBackings,
  keyv: keyvBackings,
  "express-session": expressBackings,
};

for (const [bridgeName, backings] of Object.entries(all)) {
  for (const [name, backing] of Object.entries(backings)) {
    describe.skipIf(backing.isMissing)(`sessions in the ${bridgeName} bridge over ${name}`, () => {
      let opened: Opened;
      beforeAll(async () => {
        opened = await backing.open();
      });
      afterAll(() => opened.close?.());

      let names = 0;
      /** Two managers, each with a bridge of its own: they share no queue of commits, only the store. */
      const setUp = async (data: Data = {}) => {
        const clock = testClock();
        const observer = recorder();
        const own = { clock: clock.now, observer, namespace: `n${names++}` };
        const options = { ...own, ...patient, idleTimeout: "30m" } as const;
        const here = createSessions<Data>({ ...options, store: opened.bridge() });
        const there = createSessions<Data>({ ...options, store: opened.bridge() });
        const { id, token } = await here.issue({ data });
        const browser = (manager = here) => {
          const one = new Browser(manager);
          one.cookies.set("session", token);
          return one;
        };
        return { clock, observer, here, there, id, browser };
      };

      test("B10: 50 parallel requests that each write their own key lose nothing", async () => {
        const { here, there, id, browser } = await setUp();
        const answers = await Promise.all(
          Array.from({ length: 50 }, (_, i) =>
            browser(i % 2 ? here : there).visit(async (session) => {
              await wander();
              session.set(`key${i}`, i);
            }),
          ),
        );
        expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
        const stored = await here.edit(id, (session) => session.toObject());
        expect(stored).toEqual(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`key${i}`, i])));
      });

      test("B11: 1,000 updates from two managers count exactly 1,000", async () => {
        const { here, there, id, browser } = await setUp();
        await Promise.all(
          Array.from({ length: 1000 }, (_, i) =>
            browser(i % 2 ? here : there).visit((session) => session.update("n", (now) => Number(now ?? 0) + 1)),
          ),
        );
        expect(await here.edit(id, (session) => session.get("n"))).toBe(1000);
      });

      test("B11: take and flashes hand each value to exactly one of 50 parallel callers", async () => {
        const { here, there, browser } = await setUp({ coupon: "SAVE10" });
        await browser().visit((session) => session.flash("one"));
        const answers = await Promise.all(
          Array.from({ length: 50 }, (_, i) =>
            browser(i % 2 ? here : there).visit(async (session) => ({
              coupon: await session.take("coupon"),
              flashes: await session.flashes(),
            })),
          ),
        );
        expect(answers.flatMap(({ result }) => result.coupon ?? [])).toEqual(["SAVE10"]);
        expect(answers.flatMap(({ result }) => result.flashes)).toEqual(["one"]);
      });

      test("B9: what was destroyed never comes back, whatever other requests were doing", async () => {
        const actors: Record<string, (session: Session<Data>) => unknown> = {
          writer: (session) => session.set("n", Math.random()),
          toucher: (session) => session.get("n"),
          updater: (session) => session.update("n", (now) => Number(now ?? 0) + 1).catch(() => undefined),
          regenerator: (session) => session.regenerate(),
        };
        for (const [actor, act] of Object.entries(actors)) {
          for (let round = 0; round < 15; round++) {
            const { clock, here, there, id, browser } = await setUp({ n: 1 });
            // Late enough for the visit to be recorded, so that the reader writes too.
            clock.advance("5m");
            const slow = browser(there).visit(async (session) => {
              await wander();
              await act(session);
              await wander();
            });
            const logout = browser(here).visit(async (session) => {
              await wander();
              await session.destroy();
            });
            await Promise.all([slow, logout]);
            expect(await here.find(id), `${actor}, round ${round}`).toBeUndefined();
          }
        }
      });

      test("B12: the idle limit holds to the millisecond, with the store's own expiry far behind", async () => {
        const { clock, browser } = await setUp({ n: 1 });
        clock.advance("1799999ms");
        const visitor = browser();
        expect((await visitor.visit((session) => session.get("n"))).result).toBe(1);
        clock.advance("30m");
        expect((await visitor.visit((session) => session.get("n"))).result).toBeUndefined();
      });

      test("each manager is told once what cannot be promised", async () => {
        const { observer, browser } = await setUp({ n: 1 });
        for (let i = 0; i < 3; i++) await browser().visit((session) => session.set("n", i));
        const warnings = observer.of("warning");
        expect(warnings).toHaveLength(2);
        expect(warnings[0]).toEqual({
          name: "session",
          type: "warning",
          code: "NOT_ATOMIC",
          message: expect.stringMatching(/^The store "(unstorage|keyv|express-session)" .* another process .* logout/),
        });
      });

      if (!backing.without.includes("list")) {
        test("B51: three sessions per user stay after 20 parallel logins", async () => {
          const options = { ...patient, observer: recorder(), namespace: `n${names++}`, maxSessionsPerUser: 3 };
          const sessions = createSessions<Data>({ store: opened.bridge(), ...options });
          await Promise.all(Array.from({ length: 20 }, () => new Browser(sessions).visit((s) => s.login("ann"))));
          expect((await sessions.list({ userId: "ann" })).sessions).toHaveLength(3);
          expect(await sessions.revokeAll("ann")).toBe(3);
          expect(await sessions.count()).toBe(0);
        });
      } else {
        test("what needs a list is refused with a message", async () => {
          const store = opened.bridge();
          expect(() => createSessions({ store, maxSessionsPerUser: 3 })).toThrow(/needs a store with list\(\)/);
          const sessions = createSessions<Data>({ store, observer: recorder() });
          await expect(sessions.list({ anyUser: true })).rejects.toMatchObject({ code: "NOT_SUPPORTED" });
          await expect(sessions.revokeAll("ann")).rejects.toMatchObject({ code: "NOT_SUPPORTED" });
          await expect(sessions.destroyAll()).rejects.toMatchObject({ code: "NOT_SUPPORTED" });
          await expect(sessions.count()).rejects.toMatchObject({ code: "NOT_SUPPORTED" });
        });
      }
    });
  }
}
