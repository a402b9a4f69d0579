import { createSessions, type Session, type SessionStore } from "coatcheck";
import { describe, expect, it } from "vitest";
import { type Answer, Browser } from "../../../support/browser/visitor.ts";
import { gate, type RewindingStore, rewinding } from "../../../support/stores/rewinding.ts";
import { patient, type StoreUnderTest } from "../../../support/stores/stores.ts";

type Data = Record<string, unknown>;

/** Two processes at one store that loses its newest writes, and visitors of one session. */
interface Stage {
  readonly store: RewindingStore;
  /** A visitor with the token of the beginning, at one of the two processes. */
  visitor(process?: "here" | "there"): Browser<Data>;
  /** What the session holds, and whose it is. */
  content(): Promise<Data & { readonly userId?: string | undefined }>;
  record(): ReturnType<SessionStore["read"]>;
}

async function stageOn(inner: SessionStore, data: Data): Promise<Stage> {
  const store = rewinding(inner);
  const managers = {
    here: createSessions<Data>({ store, ...patient }),
    // Two minutes ahead, so that each of its visits is worth recording.
    there: createSessions<Data>({ store, clock: () => Date.now() + 120_000, ...patient }),
  };
  const { token, id } = await managers.here.issue({ data });
  return {
    store,
    visitor(process = "here") {
      const browser = new Browser(managers[process]);
      browser.cookies.set("session", token);
      return browser;
    },
    content: async () => {
      const { userId } = (await managers.here.find(id)) ?? {};
      const content = await managers.here.edit(id, (session) => session.toObject());
      return userId === undefined ? content : { ...content, userId };
    },
    record: () => store.read({ namespace: "session", id }, Date.now()),
  };
}

/** A request that has read its session and waits. What `resume` gives is its answer. */
async function waiting<T>(
  browser: Browser<Data>,
  act: (session: Session<Data>) => T | Promise<T>,
): Promise<() => Promise<Answer<T>>> {
  const [read, go] = [gate(), gate()];
  const answer = browser.visit(async (session) => {
    session.has("n");
    read.open();
    await go.opened;
    return act(session);
  });
  await read.opened;
  return () => {
    go.open();
    return answer;
  };
}

const ok = ({ status }: { readonly status: number }): void => expect(status).toBe(200);

/** What a rewind must not lead to. Each rejects where it does. */
export const rewindCases: Readonly<Record<string, (inner: SessionStore) => Promise<void>>> = {
  "B71: after a rewind no request of the lost history overwrites a write that was acknowledged since": async (
    inner,
  ) => {
    const { store, visitor, content } = await stageOn(inner, { n: 0 });
    const rewind = await store.remember();
    ok(await visitor().visit((session) => void session.set("lost", true)));
    const resume = await waiting(visitor("there"), (session) => void session.set("late", true));
    await rewind();
    ok(await visitor().visit((session) => void session.set("kept", true)));
    ok(await resume());
    expect(await content()).toEqual({ n: 0, kept: true, late: true });
  },

  "B71: after a rewind no exact update is lost or counted in the wrong history": async (inner) => {
    const { store, visitor, content } = await stageOn(inner, { n: 0 });
    const add = (by: number) => (session: Session<Data>) => session.update("n", (n) => Number(n) + by);
    const rewind = await store.remember();
    ok(await visitor().visit(add(1)));
    const resume = await waiting(visitor("there"), add(10));
    await rewind();
    ok(await visitor().visit(add(100)));
    ok(await resume());
    expect(await content()).toEqual({ n: 110 });
  },

  "B71: after a rewind a token that regenerate ended since does not open the session again": async (inner) => {
    const { store, visitor, content } = await stageOn(inner, { n: 0 });
    const [owner, thief] = [visitor(), visitor()];
    const rewind = await store.remember();
    ok(await visitor().visit((session) => void session.set("lost", true)));
    const resume = await waiting(visitor("there"), (session) => void session.set("late", true));
    await rewind();
    ok(await owner.visit((session) => session.login("ann")));
    expect(owner.token).not.toBe(thief.token);
    expect((await resume()).status).toBe(409);
    expect((await thief.visit((session) => session.userId)).result).toBeUndefined();
    expect((await owner.visit((session) => session.userId)).result).toBe("ann");
    expect(await content()).toEqual({ n: 0, userId: "ann" });
  },

  "B71: after a rewind a request of one user writes nothing to the session of who signed in since": async (inner) => {
    const { store, visitor, content } = await stageOn(inner, { n: 0 });
    const [ann, bob] = [visitor("there"), visitor()];
    const rewind = await store.remember();
    ok(await ann.visit((session) => session.login("ann")));
    const resume = await waiting(ann, (session) => void session.set("address", "Ann's"));
    await rewind();
    ok(await bob.visit((session) => session.login("bob")));
    const { status, setCookies } = await resume();
    expect([status, setCookies.filter((line) => line.includes(bob.token))]).toEqual([409, []]);
    expect(await content()).toEqual({ n: 0, userId: "bob" });
  },

  "B71: after a rewind a visit of the lost history moves no deadline that was set since": async (inner) => {
    const { store, visitor, record } = await stageOn(inner, { n: 0 });
    const rewind = await store.remember();
    ok(await visitor().visit((session) => void session.set("lost", true)));
    const resume = await waiting(visitor("there"), (session) => session.get("n"));
    await rewind();
    ok(await visitor().visit((session) => void session.expireAfter({ idle: "10m" })));
    const before = await record();
    ok(await resume());
    expect(await record()).toEqual(before);
  },
};

export function rewinds(subject: StoreUnderTest): void {
  describe("a store that loses its newest writes", () => {
    for (const [title, check] of Object.entries(rewindCases)) it(title, async () => check(await subject.make()));
  });
}
