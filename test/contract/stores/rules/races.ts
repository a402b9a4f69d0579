import { setTimeout as sleep } from "node:timers/promises";
import { createSessions, type Session, type SessionStore, type Sessions } from "coatcheck";
import { beforeAll, describe, expect, it } from "vitest";
import { Browser } from "../../../support/browser/visitor.ts";
import { fork } from "../../../support/processes/workers.ts";
import { openAgain, patient, type StoreUnderTest } from "../../../support/stores/stores.ts";

type Data = Record<string, unknown>;
type Slowly = (act: () => unknown) => Promise<void>;

/** What must hold when requests and processes meet at one session. */
export function races(subject: StoreUnderTest): void {
  describe("parallel requests", () => {
    // Two managers share no queue, and two stores no connection: as if they were two processes.
    let store: SessionStore;
    let here: Sessions<Data>;
    let there: Sessions<Data>;

    beforeAll(async () => {
      const url = subject.url();
      store = await openAgain(url);
      const other = store.name === "memory" ? store : await openAgain(url);
      here = createSessions<Data>({ store, ...patient });
      there = createSessions<Data>({ store: other, clock: () => Date.now() + 120_000, ...patient });
    });

    const issued = async (data: Data = {}) => {
      const { token, id } = await here.issue({ data });
      const browser = (manager = here) => {
        const one = new Browser(manager);
        one.cookies.set("session", token);
        return one;
      };
      return { id, browser };
    };

    it("B9: a session that was destroyed never comes back, whatever other requests were doing", async () => {
      const visit = (act: (session: Session<Data>) => unknown) => async (browser: Browser<Data>, slowly: Slowly) => {
        const { status } = await browser.visit((session) => slowly(() => act(session)));
        return status;
      };
      const actors: Record<string, (browser: Browser<Data>, slowly: Slowly, id: string) => Promise<number>> = {
        writer: visit((session) => session.set("n", Math.random())),
        // A visit two minutes after the last is recorded.
        toucher: visit((session) => session.get("n")),
        flasher: visit((session) => session.flash("hello")),
        updater: visit((session) => session.update("n", (now) => Number(now ?? 0) + 1)),
        taker: visit((session) => session.take("n")),
        saver: visit((session) => session.set("n", 2).save()),
        regenerator: visit((session) => session.regenerate()),
        rememberer: visit((session) => session.remember("1d")),
        editor: (_, slowly, id) =>
          there
            .edit(id, (session) => slowly(() => session.set("edited", true)))
            .then(
              () => 200,
              ({ status }) => status,
            ),
      };
      const names = Object.keys(actors);
      const statuses = new Set<number | undefined>();
      await inParallel(10_000, async (round) => {
        const name = names[round % names.length] ?? "";
        const { id, browser } = await issued({ n: 1 });
        const bothLoaded = meeting(2);
        const slowly: Slowly = async (act) => {
          await bothLoaded();
          await wander();
          await act();
          await wander();
        };
        const [status, logout] = await Promise.all([
          actors[name]?.(browser(there), slowly, id),
          browser().visit(async (session) => {
            await bothLoaded();
            await wander();
            await wander();
            await session.destroy();
          }),
        ]);
        if (await store.read({ namespace: "session", id }, Date.now()))
          expect.fail(`alive after destroy: ${name}, round ${round}`);
        expect(logout.status).toBe(200);
        // A touch that is refused is no error.
        if (name !== "toucher") statuses.add(status);
      });
      // They really met: some were in time, and some too late.
      expect([...statuses].sort()).toEqual([200, 409]);
    });

    it("B9: the token before a login or regenerate writes nothing afterwards", async () => {
      const statuses = new Set<number>();
      await inParallel(2_000, async (round) => {
        const { id, browser } = await issued({ n: 1 });
        const bothLoaded = meeting(2);
        let renewedAt = Number.POSITIVE_INFINITY;
        const renew = browser(there).visit(async (session) => {
          await bothLoaded();
          await wander();
          if (round % 2) session.login("ann");
          else session.regenerate();
          await session.save();
          renewedAt = performance.now();
        });
        const slow = browser().visit(async (session) => {
          await bothLoaded();
          session.set("planted", true);
          await wander();
          return session.set("at", performance.now());
        });
        const [renewed, answer] = await Promise.all([renew, slow]);
        const { at, planted } = await here.edit(id, (session) => session.toObject());
        statuses.add(answer.status);
        expect(renewed.status).toBe(200);
        if (answer.status === 409) expect([at, planted]).toEqual([undefined, undefined]);
        else expect([answer.status, Number(at) < renewedAt]).toEqual([200, true]);
        // It may have been in time and moved the cookie's end, but it must never take the cookie away.
        expect(answer.setCookies.filter((line) => answer.status === 409 || line.startsWith("session=;"))).toEqual([]);
      });
      expect([...statuses].sort()).toEqual([200, 409]);
    });

    it("B10: eight parallel requests that each write their own key lose nothing", async () => {
      await inParallel(1000, async (round) => {
        const { id, browser } = await issued({ list: [0] });
        const writers = Array.from({ length: 8 }, (_, i) =>
          browser(i % 2 ? here : there).visit(async (session) => {
            await wander();
            session.get("list");
            session.set(`key${i}`, round * 8 + i);
            await wander();
          }),
        );
        const reader = browser(there).visit((session) => void session.get("list"));
        const answers = await Promise.all([...writers, reader]);
        expect(answers.map(({ status }) => status)).toEqual(Array(9).fill(200));
        const all = await here.edit(id, (session) => session.toObject());
        const expected = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`key${i}`, round * 8 + i]));
        expect(all).toEqual({ list: [0], ...expected });
      });
    });

    it("B11: 1,000 parallel updates count exactly 1,000", async () => {
      const { id, browser } = await issued();
      const results = await Promise.all(
        Array.from({ length: 1000 }, (_, i) =>
          browser(i % 2 ? here : there).visit((session) => session.update("n", (now) => Number(now ?? 0) + 1)),
        ),
      );
      expect(new Set(results.map(({ result }) => result)).size).toBe(1000);
      expect(await here.edit(id, (session) => session.get("n"))).toBe(1000);
    });

    it("B11: 1,000 updates of one request count exactly 1,000, also on a session that is not stored yet", async () => {
      const browser = new Browser(here);
      const { result } = await browser.visit((session) =>
        Promise.all(Array.from({ length: 1000 }, () => session.update("n", (now) => Number(now ?? 0) + 1))),
      );
      expect(result.sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1));
      expect((await browser.visit((session) => session.get("n"))).result).toBe(1000);
    });

    it("B11: take and flashes hand each value to exactly one of 50 parallel callers", async () => {
      const { browser } = await issued({ coupon: "SAVE10" });
      await browser().visit((session) => {
        session.flash("one");
        session.flash("two");
      });
      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          browser(i % 2 ? here : there).visit(async (session) => ({
            coupon: await session.take("coupon"),
            flashes: await session.flashes(),
          })),
        ),
      );
      expect(answers.flatMap(({ result }) => (result.coupon === undefined ? [] : [result.coupon]))).toEqual(["SAVE10"]);
      expect(answers.flatMap(({ result }) => result.flashes)).toEqual(["one", "two"]);
    });

    it("an update that fails rejects only its own caller", async () => {
      const { id, browser } = await issued();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          browser().visit((session) =>
            session
              .update("n", (now) => {
                if (i % 5 === 0) throw new Error(`refused ${i}`);
                return Number(now ?? 0) + 1;
              })
              .catch((error: Error) => error.message),
          ),
        ),
      );
      expect(answers.filter(({ result }) => String(result).startsWith("refused"))).toHaveLength(4);
      expect(await here.edit(id, (session) => session.get("n"))).toBe(16);
    });
  });
}

/** What must hold when four processes share a store. */
export function processes(subject: StoreUnderTest): void {
  describe("parallel processes", () => {
    const session = async () => {
      const url = subject.url();
      const sessions = createSessions<Data>({ store: await openAgain(url), ...patient });
      const { id } = await sessions.issue();
      return { url, id, data: () => sessions.edit(id, (session) => session.toObject()) };
    };

    it("B11: 1,000 updates from 4 processes count exactly 1,000", async () => {
      const { url, id, data } = await session();
      await Promise.all(Array.from({ length: 4 }, () => fork("update-worker.ts", [url, id, "250"])));
      expect(await data()).toEqual({ n: 1000 });
    });

    it("B10: 4 processes that write their own keys lose nothing", async () => {
      const { url, id, data } = await session();
      await Promise.all(["a", "b", "c", "d"].map((key) => fork("write-worker.ts", [url, id, key, "50"])));
      expect(Object.keys(await data())).toHaveLength(200);
    });
  });
}

/** Rounds know nothing of each other, so many can wait for the store at once. */
async function inParallel(rounds: number, play: (round: number) => Promise<void>): Promise<void> {
  let next = 0;
  const player = async () => {
    while (next < rounds) await play(next++);
  };
  await Promise.all(Array.from({ length: 50 }, player));
}

/** Resolves for everybody when that many have come. */
function meeting(size: number): () => Promise<void> {
  let open: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  let come = 0;
  return () => {
    if (++come === size) open();
    return all;
  };
}

/** Lets others go first: for some turns of the event loop, or for about as long as a store needs to answer. */
async function wander(): Promise<void> {
  if (Math.random() < 0.3) await sleep(Math.random() * 4);
  for (let turns = Math.floor(Math.random() * 4); turns > 0; turns--)
    await new Promise((resolve) => setImmediate(resolve));
}
