import { createSessions, type OpenSession, type SessionStore } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { afterEach, describe, expect, it, vi } from "vitest";

type Data = { n: number };

/** A store whose writes take until `release`, and whose closing is seen. */
function held() {
  const memory = memoryStore();
  let release: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const seen = { isClosed: false, writesAfterClose: 0 };
  const store: SessionStore = {
    ...memory,
    replace: async (...call) => {
      await gate;
      if (seen.isClosed) seen.writesAfterClose++;
      return memory.replace(...call);
    },
    close: async () => {
      seen.isClosed = true;
    },
  };
  return { store, seen, release: () => release() };
}

async function signedIn(store: SessionStore) {
  const sessions = createSessions<Data>({ store, commitTimeout: "5s", observer: () => undefined });
  const { id, cookie } = await sessions.issue({ data: { n: 1 }, userId: "ann" });
  const open = async (): Promise<OpenSession<Data>> =>
    sessions.open(new Request("http://localhost/", { headers: { cookie } }));
  return { sessions, id, open };
}

afterEach(() => void vi.useRealTimers());

describe("B115: close()", () => {
  it("waits for the commits in flight, and closes the store after them", async () => {
    const { store, seen, release } = held();
    const { sessions, open } = await signedIn(store);
    const { session, commit } = await open();
    session.set("n", 2);
    const committing = commit({ status: 200 });
    const closing = sessions.close();
    expect(sessions.close()).toBe(closing);
    expect(seen.isClosed).toBe(false);
    release();
    expect(await committing).toEqual(expect.any(Array));
    await closing;
    expect(seen).toEqual({ isClosed: true, writesAfterClose: 0 });
  });

  it("lets no later request in: one that uses its session fails by name, one that does not is served", async () => {
    const { store, release } = held();
    const { sessions, id, open } = await signedIn(store);
    release();
    await sessions.close();
    const used = await open();
    expect(() => used.session.get("n")).toThrow(expect.objectContaining({ code: "SESSIONS_CLOSED", status: 503 }));
    const unused = await open();
    expect(await unused.commit({ status: 200 })).toEqual(expect.any(Array));
    for (const call of [
      () => sessions.edit(id, () => undefined),
      () => sessions.issue(),
      () => sessions.find(id),
      () => sessions.count(),
      () => sessions.list({ userId: "ann" }),
      () => sessions.revokeAll("ann"),
      () => sessions.prune(),
    ])
      await expect(call()).rejects.toMatchObject({ code: "SESSIONS_CLOSED" });
  });

  it("refuses what a request that was open before stores after it, so that it need not wait for that", async () => {
    const { store, seen, release } = held();
    const { sessions, open } = await signedIn(store);
    const [writing, updating, ending] = [await open(), await open(), await open()];
    release();
    await sessions.close();
    writing.session.set("n", 2);
    await expect(writing.commit({ status: 200 })).rejects.toMatchObject({ code: "SESSIONS_CLOSED" });
    await expect(updating.session.update("n", () => 3)).rejects.toMatchObject({ code: "SESSIONS_CLOSED" });
    await expect(ending.session.destroy()).rejects.toMatchObject({ code: "SESSIONS_CLOSED" });
    expect(seen.writesAfterClose).toBe(0);
  });

  it("gives up after commitTimeout what a store never answers, and what waits behind it", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
    const { store } = held();
    const { sessions, open } = await signedIn(store);
    const { session } = await open();
    const outcomes = Promise.allSettled([1, 2, 3].map((n) => session.update("n", (now = 0) => now + n)));
    let isClosed = false;
    void sessions.close().then(() => {
      isClosed = true;
    });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(isClosed).toBe(true);
    expect((await outcomes).map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  });
});

describe("B116: a store that does not answer", () => {
  it("costs a request one storeTimeout, also if its clock was never read", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
    const silent = () => new Promise<never>(() => undefined);
    const { cookie } = await createSessions<Data>().issue({ data: { n: 1 } });
    const sessions = createSessions<Data>({
      store: { ...memoryStore(), time: silent, read: silent },
      storeTimeout: "2s",
      observer: () => undefined,
    });
    let opened: OpenSession<Data> | undefined;
    void Promise.resolve(sessions.open(new Request("http://localhost/", { headers: { cookie } }))).then((one) => {
      opened = one;
    });
    await vi.advanceTimersByTimeAsync(1_900);
    expect(opened).toBe(undefined);
    await vi.advanceTimersByTimeAsync(200);
    expect(() => opened?.session.get("n")).toThrow(expect.objectContaining({ code: "STORE_TIMEOUT" }));
  });
});
