import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSessions, type Session, type SessionStore } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { sqliteStore } from "coatcheck/stores/sqlite";
import { afterAll, describe, expect, it } from "vitest";
import { Browser, recorder } from "./_browser.ts";
import { fork } from "./_processes.ts";
import { spyOn } from "./_spy.ts";

type Data = Record<string, unknown>;

const folder = mkdtempSync(join(tmpdir(), "coatcheck-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const databasePath = () => join(folder, `${files++}.db`);

const stores: Record<string, () => SessionStore> = {
  memory: () => memoryStore(),
  sqlite: () => sqliteStore({ path: databasePath() }),
};

/** Lets other requests go first, for a random number of turns. */
async function wander(most = 4): Promise<void> {
  for (let turns = Math.floor(Math.random() * most); turns > 0; turns--)
    await new Promise((resolve) => setImmediate(resolve));
}

for (const [name, make] of Object.entries(stores)) {
  describe(`parallel requests, ${name}`, () => {
    const store = make();
    const observer = recorder();
    // Two managers on one store stand for two processes: they share no queue.
    const here = createSessions<Data>({ store, observer });
    const there = createSessions<Data>({ store, observer });
    const issued = async (data: Data = {}) => {
      const { token, id } = await here.issue({ data });
      const browser = (manager = here) => {
        const one = new Browser(manager);
        one.cookies.set("session", token);
        return one;
      };
      return { id, browser };
    };

    it(`B9: a session that was destroyed never comes back, whoever was at work on it`, async () => {
      const actors: Record<string, (session: Session<Data>) => unknown> = {
        writer: (session) => session.set("n", Math.random()),
        reader: (session) => session.get("n"),
        flasher: (session) => session.flash("hello"),
        updater: (session) => session.update("n", (now) => Number(now ?? 0) + 1).catch(() => undefined),
        taker: (session) => session.take("n").catch(() => undefined),
        saver: (session) =>
          session
            .set("n", 1)
            .save()
            .catch(() => undefined),
        regenerator: (session) => session.regenerate(),
        rememberer: (session) => session.remember("1d"),
      };
      const total = 10_000 / Object.keys(actors).length;
      for (const [actor, act] of Object.entries(actors)) {
        for (let round = 0; round < total; round++) {
          const { id, browser } = await issued({ n: 1 });
          const slow = browser(round % 2 ? here : there).visit(async (session) => {
            await wander();
            await act(session);
            await wander();
          });
          const logout = browser().visit(async (session) => {
            await wander();
            await session.destroy();
          });
          const edit = here.edit(id, async (session) => {
            await wander();
            session.set("edited", true);
          });
          await Promise.allSettled([slow, logout, edit]);
          if (await here.find(id)) expect.fail(`alive after destroy: ${actor}, round ${round}`);
        }
      }
    });

    it("B9: the token before a login or regenerate writes nothing afterwards", async () => {
      for (let round = 0; round < 1000; round++) {
        const { id, browser } = await issued({ n: 1 });
        let renewedAt = Number.POSITIVE_INFINITY;
        const renew = browser(there).visit(async (session) => {
          await wander();
          if (round % 2) session.login("ann");
          else session.regenerate();
          await session.save();
          renewedAt = performance.now();
        });
        const slow = browser().visit(async (session) => {
          await wander();
          session.set("planted", performance.now());
          await wander();
          return session.set("at", performance.now());
        });
        const [, answer] = await Promise.all([renew, slow]);
        const planted = await here.edit(id, (session) => session.get("at"));
        if (answer.status === 409) expect(planted).toBeUndefined();
        else expect(planted).toBeLessThan(renewedAt);
        expect(answer.setCookies.every((line) => !line.startsWith("session=;"))).toBe(true);
      }
    });

    it("B10: eight parallel requests that each write their own key lose nothing", async () => {
      for (let round = 0; round < 1000; round++) {
        const { id, browser } = await issued({ list: [0] });
        const writers = Array.from({ length: 8 }, (_, i) =>
          browser(i % 2 ? here : there).visit(async (session) => {
            await wander();
            if (i === 7) return void session.get("list");
            session.set(`key${i}`, round * 8 + i);
            await wander();
          }),
        );
        const answers = await Promise.all(writers);
        expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
        const all = await here.edit(id, (session) => session.toObject());
        const expected = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`key${i}`, round * 8 + i]));
        expect(all).toEqual({ list: [0], ...expected });
      }
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

    it("an update that fails rejects its own caller and nobody else", async () => {
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

describe("parallel processes", () => {
  it("B11: 1,000 updates from 4 processes count exactly 1,000, SQLite", async () => {
    const path = databasePath();
    const store = sqliteStore({ path });
    const sessions = createSessions<Data>({ store });
    const { id } = await sessions.issue();
    await Promise.all(Array.from({ length: 4 }, () => fork("update-worker.ts", [path, id, "250"])));
    expect(await sessions.edit(id, (session) => session.get("n"))).toBe(1000);
    await sessions.close();
  });

  it("B10: 4 processes that write their own keys lose nothing, SQLite", async () => {
    const path = databasePath();
    const sessions = createSessions<Data>({ store: sqliteStore({ path }) });
    const { id } = await sessions.issue();
    await Promise.all(["a", "b", "c", "d"].map((key) => fork("write-worker.ts", [path, id, key, "50"])));
    const all = await sessions.edit(id, (session) => session.toObject());
    expect(Object.keys(all)).toHaveLength(200);
    await sessions.close();
  });
});

describe("a commit and a store that fails", () => {
  const make = () => {
    const store = spyOn(memoryStore());
    const observer = recorder();
    return { store, observer, sessions: createSessions<Data>({ store, observer, commitTimeout: "500ms" }) };
  };

  it("finds its own commit id when the answer of the store was lost: 300 acknowledged increments are 300", async () => {
    const { store, sessions } = make();
    const { id } = await sessions.issue();
    for (let i = 0; i < 300; i++) {
      if (i % 3 === 0) store.fail("replace", "after");
      if (i % 3 === 1) store.fail("replace", "before");
      await sessions.edit(id, (session) => session.update("n", (now) => Number(now ?? 0) + 1));
    }
    expect(await sessions.edit(id, (session) => session.get("n"))).toBe(300);
  });

  it("B7 B11: whose update is committed together with somebody else's login sees nothing of what follows", async () => {
    const { store, sessions } = make();
    const { id, token } = await sessions.issue({ data: { n: 1 }, userId: "ann" });
    const tab = () => {
      const browser = new Browser(sessions);
      browser.cookies.set("session", token);
      return browser;
    };
    let release: () => void = () => expect.fail("nothing is held");
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    store.delay("replace", () => held);
    // While the first commit is held, the update and the login gather for the next round, together.
    const first = tab().visit((session) => session.set("first", true));
    await expect.poll(() => store.calls.at(-1)).toBe("replace");
    const updating = tab().visit(async (session) => {
      expect(await session.update("n", (now) => Number(now) + 1)).toBe(2);
      return session.toObject();
    });
    const login = tab().visit((session) => {
      session.login("bob");
      session.set("secret", "bob's");
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    store.delay("replace", undefined);
    release();
    const [, seen, signedIn] = await Promise.all([first, updating, login]);
    expect([seen.result, seen.setCookies]).toEqual([{ first: true, n: 2 }, []]);
    expect([signedIn.status, signedIn.setCookies.length]).toEqual([200, 1]);
    expect(await sessions.edit(id, (session) => session.toObject())).toEqual({ secret: "bob's" });
  });

  it("finds its own insert when the answer of the store was lost", async () => {
    const { store, sessions } = make();
    store.fail("create", "after");
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("n", 1));
    expect((await browser.visit((session) => session.get("n"))).result).toBe(1);
    expect(await sessions.count()).toBe(1);
    expect(store.calls.filter((call) => call === "create")).toHaveLength(1);
  });

  it("B24: a store that fails gives 503, no cookie, and leaves what was stored", async () => {
    const { store, sessions, observer } = make();
    store.fail("create", "before");
    const browser = new Browser(sessions);
    const first = await browser.visit((session) => session.set("n", 1));
    expect([first.status, first.setCookies]).toEqual([503, []]);
    expect(observer.of("store-error")).not.toHaveLength(0);
    await browser.visit((session) => session.set("n", 1));
    store.fail("replace", "before", 99);
    const second = await browser.visit((session) => session.set("n", 2));
    expect([second.status, second.setCookies]).toEqual([503, []]);
    store.fail("replace", "before", 0);
    expect((await browser.visit((session) => session.get("n"))).result).toBe(1);
  });

  it("says COMMIT_UNKNOWN when nobody can know, for a session and for a new one", async () => {
    const { store, sessions } = make();
    const { id } = await sessions.issue();
    const attempt = sessions.edit(id, (session) => {
      store.fail("replace", "after", 1);
      store.fail("read", "before", 3);
      session.set("n", 1);
    });
    await expect(attempt).rejects.toMatchObject({ code: "COMMIT_UNKNOWN", status: 503 });
    store.fail("create", "after", 1);
    store.fail("read", "before", 1);
    await expect(sessions.issue()).rejects.toMatchObject({ code: "COMMIT_UNKNOWN" });
  });

  it("B25: a store that is down on load fails only those who look, and leaves the cookie alone", async () => {
    const { store, sessions } = make();
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("n", 1));
    store.fail("read", "before", 1);
    const blind = await browser.visit(() => "no session needed");
    expect([blind.status, blind.setCookies]).toEqual([200, []]);
    store.fail("read", "before", 1);
    const looking = await browser.visit((session) => session.get("n"));
    expect([looking.status, looking.setCookies]).toEqual([503, []]);
    expect((await browser.visit((session) => session.get("n"))).result).toBe(1);
  });

  it('B25: onStoreError "anonymous" reads as empty and refuses writes', async () => {
    const store = spyOn(memoryStore());
    const sessions = createSessions<Data>({ store, observer: () => undefined, onStoreError: "anonymous" });
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("n", 1));
    store.fail("read", "before", 2);
    const reading = await browser.visit((session) => [session.get("n"), session.keys(), session.userId]);
    expect([reading.status, reading.result, reading.setCookies]).toEqual([200, [undefined, [], undefined], []]);
    const writing = await browser.visit((session) => session.set("n", 2));
    expect([writing.status, writing.setCookies]).toEqual([503, []]);
  });

  it("gives up on a store that does not answer", async () => {
    const store = spyOn(memoryStore());
    const sessions = createSessions<Data>({
      store,
      observer: () => undefined,
      storeTimeout: "50ms",
      commitTimeout: "120ms",
    });
    const { id } = await sessions.issue();
    store.delay("replace", () => new Promise(() => undefined));
    await expect(sessions.edit(id, (session) => session.set("n", 1))).rejects.toMatchObject({ code: "COMMIT_UNKNOWN" });
  });
});
