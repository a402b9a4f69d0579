import { createSessions, type Session, type SessionStore } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, it } from "vitest";
import { Browser } from "../support/browser/visitor.ts";

type Data = Record<string, unknown>;

/** Each replace is done twice, as by a client library that sends again after a broken connection. */
function sendingTwice() {
  const inner = memoryStore();
  const state = { isDown: false, failsNext: false };
  const store: SessionStore = {
    ...inner,
    read: (...args) => (state.isDown ? Promise.reject(new Error("injected: unreachable")) : inner.read(...args)),
    replace: (...args) => {
      void inner.replace(...args);
      state.isDown = state.failsNext;
      return inner.replace(...args);
    },
  };
  return { store, state };
}

it("B119: a write that a client library has sent twice is made once", async () => {
  const sessions = createSessions<Data>({ store: sendingTwice().store });
  const browser = new Browser(sessions);
  await browser.visit((session) => session.set("n", 0));
  const count = () => browser.visit((session) => session.update("n", (now) => Number(now) + 1));
  expect([(await count()).result, (await count()).result]).toEqual([1, 2]);
});

it("B119: a refused write is of unknown outcome if the record cannot be read afterwards", async () => {
  const { store, state } = sendingTwice();
  const sessions = createSessions<Data>({ store, observer: () => undefined });
  const browser = new Browser(sessions);
  await browser.visit((session) => session.set("n", 0));
  state.failsNext = true;
  const { response, status } = await browser.visit((session) => session.set("n", 1));
  expect([status, await response.text()]).toEqual([503, expect.stringContaining("COMMIT_UNKNOWN")]);
  state.isDown = false;
  expect((await browser.visit((session) => session.get("n"))).result).toBe(1);
});

const count = (session: Session<Data>): Promise<unknown> => session.update("n", (now = 0) => Number(now) + 1);

/** A session's second state is in the store, and the next reads show the first. Writes are made, and not acknowledged. */
async function lagging(answer: "a refusal" | "no answer", first: (session: Session<Data>) => unknown) {
  const inner = memoryStore();
  let past: Awaited<ReturnType<SessionStore["read"]>>;
  let lag = 0;
  const store: SessionStore = {
    ...inner,
    read: (...args) => (lag-- > 0 ? past : inner.read(...args)),
    replace: async (...args) => {
      const isWritten = await inner.replace(...args);
      if (lag > 0 && isWritten && answer === "no answer") throw new Error("injected: connection lost");
      return lag > 0 ? inner.replace(...args) : isWritten;
    },
  };
  const sessions = createSessions<Data>({ store, observer: () => undefined });
  const browser = new Browser(sessions);
  await browser.visit((session) => void first(session));
  const key = { namespace: sessions.policy().namespace, id: browser.token.split(".")[0]! };
  past = await inner.read(key, Date.now(), { signal: AbortSignal.timeout(60_000) });
  await browser.visit(async (session) => {
    await count(session);
    await session.flashes();
    session.set("coupon", "new").flash("new");
  });
  return (act: (session: Session<Data>) => Promise<unknown>) =>
    browser.visit((session) => {
      lag = 3;
      return act(session);
    });
}

describe.each(["a refusal", "no answer"] as const)("a write that was made and had %s", (answer) => {
  describe.each<[title: string, first: (session: Session<Data>) => unknown]>([
    ["with other values", (session) => session.set("n", 0).set("coupon", "old").flash("old")],
    ["without the value", (session) => session.set("n", 0)],
  ])("and an older record %s", (_, first) => {
    it.each<[title: string, act: (session: Session<Data>) => Promise<unknown>, result: unknown]>([
      ["update()", count, 2],
      ["take()", (session) => session.take("coupon"), "new"],
      ["flashes()", (session) => session.flashes(), ["new"]],
    ])("B124: %s returns what was written", async (_, act, result) => {
      const visit = await lagging(answer, first);
      expect((await visit(act)).result).toEqual(result);
    });
  });

  it("B124: the function of update() makes one thing of one value", async () => {
    const visit = await lagging(answer, (session) => session.set("n", 0));
    let n = 0;
    const name = (session: Session<Data>) => session.update("name", (now) => now ?? `name-${++n}`);
    const { result } = await visit(name);
    expect([result, (await visit(name)).result]).toEqual(["name-1", "name-1"]);
  });
});
