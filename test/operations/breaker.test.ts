import { createSessions, SessionError, type SessionStore } from "coatcheck";
import { type BreakerChange, type BreakerOptions, breaker } from "coatcheck/resilience";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, onTestFinished, test } from "vitest";
import { breakerOn } from "../../src/operations/resilience/breaker.ts";
import { Browser, recorder } from "../support/browser/visitor.ts";
import { rejection } from "../support/operations/rejection.ts";
import { failure, record } from "../support/stores/records.ts";
import { patient } from "../support/stores/stores.ts";

const down = new Error("connection refused");

/** A store whose reads a test answers, and a clock that a test sets. */
function bench(options: BreakerOptions = {}, inner: Partial<SessionStore> = {}) {
  const pending: { answer: () => void; fail: (error: unknown) => void }[] = [];
  const changes: BreakerChange[] = [];
  const host = { time: 0, dice: 0, now: () => host.time, random: () => host.dice };
  const read = () =>
    new Promise<undefined>((resolve, reject) => void pending.push({ answer: () => resolve(undefined), fail: reject }));
  const onChange = (change: BreakerChange) => changes.push(change);
  const store = breakerOn(
    host,
    { ...memoryStore(), read, ...inner },
    { failures: 3, retryAfter: "1s", onChange, ...options },
  );
  /** Sends a read; its outcome as a word. */
  const send = (): Promise<string> => Promise.resolve(outcome(() => store.read(record(), 0)));
  const states = () => changes.map(({ state }) => state);
  /** Fails as many reads as it takes. */
  const breakIt = async () => {
    const sent = Array.from({ length: 3 }, send);
    for (const { fail } of pending.splice(0)) fail(down);
    await Promise.all(sent);
  };
  return { store, send, pending, host, states, changes, breakIt };
}

async function outcome(work: () => unknown): Promise<string> {
  try {
    await work();
    return "answered";
  } catch (error) {
    return SessionError.is(error) && error.code === "STORE_UNAVAILABLE" ? "shed" : "failed";
  }
}

describe("breaker()", () => {
  test("B174: failures in a row open it, and then each call fails at once, sends nothing and says so", async () => {
    const { send, store, pending, states, breakIt } = bench();
    await breakIt();
    expect(states()).toEqual(["closed", "open"]);
    const error = await failure(new Promise((_, reject) => void outcomeOf(() => store.read(record(), 0), reject)));
    expect([error.code, error.status, error.cause]).toEqual(["STORE_UNAVAILABLE", 503, down]);
    expect(error.message).toBe(
      'The memory store has failed too often, and its breaker is open, so "read" was not sent. Nothing was written. The next try is in 1000 ms. The cause of this error is what the store failed with last.',
    );
    expect(await send()).toBe("shed");
    await expect(store.count?.("session", 0)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(pending).toEqual([]);
  });

  test("B174: an answer between failures keeps it closed, and an answer of nothing is one", async () => {
    const { send, pending, states } = bench();
    for (let round = 0; round < 5; round++) {
      const sent = [send(), send()];
      for (const { fail } of pending.splice(0)) fail(down);
      await Promise.all(sent);
      const answered = send();
      pending.pop()?.answer();
      expect(await answered).toBe("answered");
    }
    const { store } = bench({ failures: 1 });
    for (let refused = 0; refused < 5; refused++) expect(store.touch(record(), record(), 0, 0, 0)).toBe(false);
    expect(states()).toEqual(["closed"]);
  });

  test("B174: a call whose caller stopped waiting is a failure, although it may hang for ever", async () => {
    const { store, states } = bench({ failures: 1 });
    const caller = new AbortController();
    void store.read(record(), 0, caller);
    expect(states()).toEqual(["closed"]);
    caller.abort();
    expect(states()).toEqual(["closed", "open"]);
  });

  test("B174: a store that throws at once opens it too, and an error about the arguments does not", async () => {
    const cursor = { limit: 1, cursor: "not ours" };
    const { store, states } = bench(
      { failures: 2 },
      {
        read: () => {
          throw down;
        },
      },
    );
    for (let n = 0; n < 5; n++)
      await expect(store.list?.("session", cursor, 0)).rejects.toMatchObject({ code: "INVALID_OPTION" });
    expect(states()).toEqual(["closed"]);
    expect(() => store.read(record(), 0)).toThrow(down);
    expect(() => store.read(record(), 0)).toThrow(down);
    expect(() => store.read(record(), 0)).toThrow(expect.objectContaining({ code: "STORE_UNAVAILABLE" }));
    expect(states()).toEqual(["closed", "open"]);
  });

  test("B175: after the delay one call tries, and the others fail at once until it has ended", async () => {
    const { send, pending, host, states, breakIt } = bench();
    await breakIt();
    host.time = 999;
    expect(await send()).toBe("shed");
    host.time = 1_000;
    const probe = send();
    expect(await Promise.all([send(), send()])).toEqual(["shed", "shed"]);
    expect([pending.length, states().at(-1)]).toEqual([1, "half-open"]);
    pending.pop()?.fail(down);
    expect([await probe, states().at(-1), await send()]).toEqual(["failed", "open", "shed"]);
    host.time = 2_000;
    const second = send();
    pending.pop()?.answer();
    expect([await second, states().at(-1)]).toEqual(["answered", "closed"]);
  });

  test("B175: the delay is longer by chance, by half at most", async () => {
    const { send, pending, host, breakIt } = bench();
    host.dice = 0.999;
    await breakIt();
    host.time = 1_499;
    expect(await send()).toBe("shed");
    host.time = 1_500;
    void send();
    expect(pending).toHaveLength(1);
  });

  test("B175: a long operation is no probe", async () => {
    const { store, host, states, breakIt } = bench();
    await breakIt();
    host.time = 5_000;
    await expect(store.prune?.(0, 1)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(states().at(-1)).toBe("open");
  });

  test("B175: a probe whose arguments were refused leaves the try to the next call", async () => {
    const { store, send, pending, host, states, breakIt } = bench(
      {},
      {
        delete: () => {
          throw new SessionError("INVALID_OPTION", "too long");
        },
      },
    );
    await breakIt();
    host.time = 5_000;
    expect(() => store.delete(record())).toThrow("too long");
    const probe = send();
    pending.pop()?.answer();
    expect([await probe, states().at(-1)]).toEqual(["answered", "closed"]);
  });

  test("B175: a store that is back gets few calls first, twice as many with each round of answers", async () => {
    const { send, pending, host, breakIt } = bench({ maxPending: 16 });
    await breakIt();
    host.time = 1_000;
    const probe = send();
    pending.pop()?.answer();
    await probe;
    const rounds: number[] = [];
    for (let round = 0; round < 5; round++) {
      const sent = Array.from({ length: 50 }, send);
      rounds.push(pending.length);
      for (const { answer } of pending.splice(0)) answer();
      await Promise.all(sent);
    }
    expect(rounds).toEqual([2, 4, 8, 16, 16]);
  });

  test("B175: what was sent before it opened says nothing about the store now", async () => {
    const { send, pending, host, states } = bench();
    const sent = Array.from({ length: 10 }, send);
    const old = pending.splice(3);
    for (const { fail } of pending.splice(0)) fail(down);
    await Promise.all(sent.slice(0, 3));
    host.time = 1_000;
    const probe = send();
    old.pop()?.answer();
    old.pop()?.fail(down);
    await Promise.all(sent.slice(-2));
    expect([pending.length, states().at(-1)]).toEqual([1, "half-open"]);
    pending.pop()?.answer();
    await probe;
    expect(states().at(-1)).toBe("closed");
  });

  test("B175: a probe that nobody waits for is given up at last", async () => {
    const { send, pending, host, breakIt } = bench();
    await breakIt();
    host.time = 1_000;
    void send();
    host.time = 30_999;
    expect(await send()).toBe("shed");
    host.time = 31_000;
    void send();
    expect(pending).toHaveLength(2);
  });

  test("B176: more calls than may be pending fail at once, and nothing of them is sent", async () => {
    const { send, store, pending, states } = bench({ maxPending: 2 });
    const sent = [send(), send()];
    expect(await send()).toBe("shed");
    expect(() => store.delete(record())).toThrow(
      '2 calls of the memory store wait for an answer, so "delete" was not sent. Nothing was written.',
    );
    pending.shift()?.answer();
    await sent[0];
    const third = send();
    for (const { answer } of pending.splice(0)) answer();
    expect([await sent[1], await third, states()]).toEqual(["answered", "answered", ["closed"]]);
  });

  test("B176: a call that its caller gave up is not pending any more", async () => {
    const { store, send, pending } = bench({ maxPending: 1 });
    const caller = new AbortController();
    void store.read(record(), 0, caller);
    caller.abort();
    void send();
    expect(pending).toHaveLength(2);
  });

  test("B174: a listener that throws fails no call, and wrong options are refused", async () => {
    const store = breaker(memoryStore(), {
      onChange: () => {
        throw new Error("no room for logs");
      },
    });
    expect(store.create(record(), Date.now())).toBe(true);
    for (const wrong of [
      { failures: 0 },
      { maxPending: 1.5 },
      { retryAfter: "soon" },
      { onChange: true },
      { tries: 1 },
    ]) {
      expect(() => breaker(memoryStore(), wrong as BreakerOptions)).toThrow(
        expect.objectContaining({ code: "INVALID_OPTION" }),
      );
    }
  });

  test("B174: a listener that rejects fails no call, and does not end the process", () => {
    const late = rejection();
    const store = breaker(memoryStore(), { onChange: () => late as never });
    expect(store.create(record(), Date.now())).toBe(true);
    expect(late.isCaught).toBe(true);
  });

  test("B174: a manager serves requests that need no session, and answers others with 503 without asking the store", async () => {
    let calls = 0;
    const fail = () => {
      calls++;
      throw down;
    };
    const broken = { ...memoryStore(), read: fail, create: fail };
    const observer = recorder();
    const sessions = createSessions<{ n: number }>({
      store: breaker(broken, { retryAfter: "1h" }),
      observer,
      ...patient,
    });
    onTestFinished(() => sessions.close());
    const browser = new Browser(sessions);
    const write = () => browser.visit((session) => session.set("n", 1));
    while ((await write()).status === 503 && calls < 5);
    expect(calls).toBe(5);
    const answers = await Promise.all(Array.from({ length: 20 }, write));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(503));
    expect(await answers[0]?.response.text()).toMatch(
      /STORE_UNAVAILABLE .* its breaker is open, .* Nothing was written\./,
    );
    expect((await browser.visit(() => "no session needed")).status).toBe(200);
    expect(calls).toBe(5);
    expect(observer.of("store-error").length).toBeGreaterThan(20);
  });
});

/** Calls at once; what it throws goes to `reject`. */
function outcomeOf(work: () => unknown, reject: (error: unknown) => void): void {
  try {
    work();
  } catch (error) {
    reject(error);
  }
}
