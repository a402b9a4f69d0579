import { createSessions, type SessionStore, type StoredRecord } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, it, test } from "vitest";
import { rewindCases } from "../contract/stores/rules/rewinds.ts";
import { Browser } from "../support/browser/visitor.ts";
import { byNumberOnly, gate, rewinding } from "../support/stores/rewinding.ts";
import { patient } from "../support/stores/stores.ts";

type Data = Record<string, unknown>;

describe("with a store that goes by the number of the version only", () => {
  for (const [title, check] of Object.entries(rewindCases)) {
    test(`it shows: ${title}`, async () => {
      await expect(check(byNumberOnly(memoryStore()))).rejects.toThrow(/expected/);
    });
  }
});

describe("a rewind while a request is at work", () => {
  /** One session in a store whose `replace` can be followed by something before its answer comes. */
  const stage = async (afterReplace: (rewind: () => Promise<void>, calls: number) => Promise<void>) => {
    const inner = rewinding(memoryStore());
    let rewind = async (): Promise<void> => {};
    let calls = 0;
    const store: SessionStore = {
      ...inner,
      async replace(...args) {
        const replaced = await inner.replace(...args);
        await afterReplace(rewind, ++calls);
        return replaced;
      },
    };
    const sessions = createSessions<Data>({ store, ...patient });
    const { token, id } = await sessions.issue({ data: { n: 0 } });
    rewind = await inner.remember();
    const visitor = (): Browser<Data> => {
      const browser = new Browser(sessions);
      browser.cookies.set("session", token);
      return browser;
    };
    const content = (): Promise<Data> => sessions.edit(id, (session) => session.toObject());
    const record = async (): Promise<StoredRecord | undefined> => inner.read({ namespace: "session", id }, Date.now());
    return { store, rewind, visitor, content, record, calls: () => calls };
  };
  const increment = (n: unknown): number => Number(n) + 1;

  it("B72: a commit whose reply is lost with the write itself is applied to what is there then, once", async () => {
    const { visitor, content, calls } = await stage(async (rewind, call) => {
      if (call > 1) return;
      await rewind();
      throw new Error("the connection broke");
    });
    expect((await visitor().visit((session) => session.update("n", increment))).status).toBe(200);
    expect([await content(), calls()]).toEqual([{ n: 1 }, 2]);
  });

  it("B72: a commit that was in doubt before the rewind says so when it fails at last", async () => {
    const { visitor, record } = await stage(async (rewind) => {
      await rewind();
      throw new Error("the connection broke");
    });
    const before = await record();
    const { response, status } = await visitor().visit((session) => session.update("n", increment));
    expect([status, await response.text()]).toEqual([503, expect.stringContaining("COMMIT_UNKNOWN")]);
    expect(await record()).toEqual(before);
  });

  it("B72: what the lost history held already is written again", async () => {
    const [written, answered, opened] = [gate(), gate(), gate()];
    const { rewind, visitor, content } = await stage(async (_, call) => {
      if (call > 1) return;
      written.open();
      await answered.opened;
    });
    const first = visitor().visit((session) => void session.set("theme", "dark"));
    await written.opened;
    await rewind();
    // Waits for the first one's round in the same process, whose state has the value that is to be set.
    const second = visitor().visit(async (session) => {
      session.set("theme", "dark");
      const saved = session.save();
      opened.open();
      await saved;
    });
    await opened.opened;
    answered.open();
    expect([(await first).status, (await second).status]).toEqual([200, 200]);
    expect(await content()).toEqual({ n: 0, theme: "dark" });
  });

  it("B72: a request goes on with the history that its last write became part of", async () => {
    const { rewind, visitor, content } = await stage(async () => {});
    await visitor().visit((session) => void session.set("lost", true));
    const { result, status } = await visitor().visit(async (session) => {
      await session.set("own", 1).save();
      await rewind();
      await session.update("n", increment);
      const lost = session.get("lost");
      await session.set("theme", "dark").save();
      return lost;
    });
    expect([status, result]).toEqual([200, undefined]);
    expect(await content()).toEqual({ n: 1, theme: "dark" });
  });

  it("B123: a request that reads the record anew after a rewind, and writes nothing, no longer sees what is lost", async () => {
    const { rewind, visitor, content } = await stage(async () => {});
    await visitor().visit((session) => void session.set("lost", true).set("other", 1));
    const { result, status } = await visitor().visit(async (session) => {
      const before = session.get("lost");
      await rewind();
      const taken = await session.take("other");
      return [before, taken, session.toObject()];
    });
    expect([status, result]).toEqual([200, [true, undefined, { n: 0 }]]);
    expect(await content()).toEqual({ n: 0 });
  });
});
