import { createSessions, SessionError, type SessionStore } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { testClock } from "coatcheck/testing";
import { expect, onTestFinished, test, vi } from "vitest";
import { recorder } from "../support/browser/visitor.ts";
import { ownTime } from "../support/own-time.ts";

/**
 * `lost`: the write happened and its reply did not arrive. `unsent`: it did not happen, and nothing is known of it.
 * `refused`: the store knows that it did not happen.
 */
type Outcome = "written" | "conflict" | "lost" | "unsent" | "refused";

const refusal = new SessionError("STORE_UNAVAILABLE", "The disk is full. Nothing was written.");

/** A manager over a store whose writes end as told, and then as `rest`. */
function over(outcomes: Outcome[], rest: Outcome = "written") {
  const inner = memoryStore();
  let isBlind = false;
  let beforeRead: (() => Promise<void>) | undefined;
  const replace: SessionStore["replace"] = async (...args) => {
    const outcome = outcomes.shift() ?? rest;
    if (outcome === "conflict") return false;
    if (outcome === "refused") throw refusal;
    if (outcome === "unsent") throw new Error("the connection broke");
    const isWritten = await inner.replace(...args);
    if (outcome === "lost") throw new Error("the connection broke");
    return isWritten;
  };
  const read: SessionStore["read"] = async (...args) => {
    if (isBlind) throw new Error("cannot be read");
    const work = beforeRead;
    beforeRead = undefined;
    await work?.();
    return inner.read(...args);
  };
  const observer = recorder();
  const sessions = createSessions<{ n: number }>({
    store: { ...inner, replace, read },
    observer,
    commitTimeout: rest === "conflict" ? "300ms" : "60s",
  });
  const add = (id: string, before: () => unknown = () => undefined) =>
    sessions.edit(id, async (session) => {
      const n = await session.update("n", (now) => (now ?? 0) + 1);
      await before();
      return n;
    });
  /** Writes so many versions, by another process, before the next read. */
  const crowd = (id: string, count: number): void => {
    const others = createSessions<{ n: number; other: number }>({ store: inner });
    beforeRead = async () => {
      for (let n = 1; n <= count; n++) await others.edit(id, (session) => session.set("other", n));
    };
  };
  const blind = (): void => {
    isBlind = true;
  };
  return { sessions, observer, inner, add, crowd, blind };
}

/** Returns the error of a commit whose time passes, which is not this machine's. */
async function overdue(attempt: () => Promise<unknown>): Promise<unknown> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const error = attempt().then(
    () => expect.fail("committed"),
    (error: unknown) => error,
  );
  await vi.advanceTimersByTimeAsync(1_000);
  return error;
}

test("a write that the store refuses three times fails with the store's own error, because nothing is in doubt", async () => {
  const { sessions, add } = over(["refused", "refused", "refused"]);
  const { id } = await sessions.issue();
  await expect(add(id)).rejects.toBe(refusal);
  expect(await add(id)).toBe(1);
});

test("a write that is refused while nothing can be read fails with the reason of the write", async () => {
  const { sessions, blind } = over([], "refused");
  const { id } = await sessions.issue();
  const attempt = sessions.edit(id, (session) => {
    blind();
    session.set("n", 1);
  });
  await expect(attempt).rejects.toBe(refusal);
});

test("only failures in a row end a commit: a conflict between them shows that the store is back", async () => {
  const { sessions, add } = over(["refused", "refused", "conflict", "refused", "refused", "written"]);
  const { id } = await sessions.issue();
  expect(await add(id)).toBe(1);
});

test("a commit that meets conflicts until its time is over is COMMIT_TIMEOUT, and nothing was written", async () => {
  const { sessions, add, observer } = over([], "conflict");
  const { id } = await sessions.issue();
  expect(await overdue(() => add(id))).toMatchObject({ code: "COMMIT_TIMEOUT" });
  expect(observer.of("conflict").length).toBeGreaterThan(2);
});

test("B9: a commit whose session has been deleted is SESSION_GONE", async () => {
  const { sessions, inner } = over([]);
  const { id } = await sessions.issue();
  const attempt = sessions.edit(id, async (session) => {
    await inner.delete({ namespace: "session", id });
    session.set("n", 1);
  });
  await expect(attempt).rejects.toMatchObject({ code: "SESSION_GONE" });
});

test("a round of commits continues on what the round before has written, without a conflict", async () => {
  const { sessions, add, observer } = over([]);
  const { id } = await sessions.issue();
  const first = add(id);
  const others = Promise.all([add(id), add(id)]);
  expect([await first, ...(await others)].toSorted()).toEqual([1, 2, 3]);
  expect(observer.of("conflict")).toEqual([]);
});

test.each([0, 7])("a write whose reply was lost is found after %d others, and not repeated", async (others) => {
  const { sessions, crowd } = over(["lost"]);
  const { id } = await sessions.issue();
  const attempt = sessions.edit(id, (session) => {
    crowd(id, others);
    return session.update("n", (now) => (now ?? 0) + 1);
  });
  expect(await attempt).toBe(1);
  expect(await sessions.edit(id, (session) => session.get("n"))).toBe(1);
});

test("a write whose reply was lost is COMMIT_UNKNOWN after eight others, which have dropped its id", async () => {
  const { sessions, crowd } = over(["lost"]);
  const { id } = await sessions.issue();
  const attempt = sessions.edit(id, (session) => {
    crowd(id, 8);
    return session.update("n", (now) => (now ?? 0) + 1);
  });
  await expect(attempt).rejects.toMatchObject({ code: "COMMIT_UNKNOWN" });
  expect(await sessions.edit(id, (session) => session.get("n"))).toBe(1);
});

test("a write in doubt that cannot be looked for is COMMIT_UNKNOWN", async () => {
  const { sessions, blind } = over([], "lost");
  const { id } = await sessions.issue();
  const attempt = sessions.edit(id, (session) => {
    blind();
    session.set("n", 1);
  });
  await expect(attempt).rejects.toMatchObject({ code: "COMMIT_UNKNOWN" });
});

test("a write that did not happen is repeated after eight others, whose ids prove that it did not", async () => {
  const { sessions, crowd } = over(["unsent"]);
  const { id } = await sessions.issue();
  const attempt = sessions.edit(id, (session) => {
    crowd(id, 8);
    return session.update("n", (now) => (now ?? 0) + 1);
  });
  expect(await attempt).toBe(1);
});

test("a commit with a write in doubt is COMMIT_UNKNOWN when its time is over, although the record is unchanged", async () => {
  const { sessions, add } = over(["unsent"], "conflict");
  const { id } = await sessions.issue();
  expect(await overdue(() => add(id))).toMatchObject({ code: "COMMIT_UNKNOWN" });
});

test("the doubt about a write ends with the commits of others, whose ids prove that it did not happen", async () => {
  const { sessions, crowd } = over(["unsent"], "conflict");
  const { id } = await sessions.issue();
  const attempt = () =>
    sessions.edit(id, (session) => {
      crowd(id, 3);
      return session.update("n", (now) => (now ?? 0) + 1);
    });
  expect(await overdue(attempt)).toMatchObject({ code: "COMMIT_TIMEOUT" });
});

test("a job that is written together with a request of the user restarts the idle timeout", async () => {
  ownTime();
  const clock = testClock();
  const inner = memoryStore();
  let release: () => void = () => undefined;
  let gate: Promise<void> | undefined;
  let writes = 0;
  const replace: SessionStore["replace"] = async (...args) => {
    writes++;
    await gate;
    return inner.replace(...args);
  };
  const sessions = createSessions<{ n: number }>({
    store: { ...inner, replace },
    clock: clock.now,
    commitTimeout: "60s",
  });
  const { id, cookie } = await sessions.issue();
  const user = await sessions.open(new Request("http://localhost/", { headers: { cookie } }));
  clock.advance("10m");
  gate = new Promise((resolve) => {
    release = resolve;
  });
  const add = (now = 0): number => now + 1;
  // A job is on its way; the user's change and that of another job wait, and are written together.
  const holding = sessions.edit(id, (session) => session.update("n", add));
  await expect.poll(() => writes).toBe(1);
  const asked = user.session.update("n", add);
  let isAsked = false;
  const job = sessions.edit(id, (session) => {
    isAsked = true;
    return session.update("n", add);
  });
  await expect.poll(() => isAsked).toBe(true);
  // From there to the queue there is no I/O.
  await new Promise((resolve) => setImmediate(resolve));
  release();
  expect(await Promise.all([holding, asked, job])).toEqual([1, 2, 3]);
  expect(writes).toBe(2);
  expect((await sessions.find(id))?.lastSeenAt).toEqual(new Date(clock.now()));
});
