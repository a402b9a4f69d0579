import { createSessions, SessionError, type SessionStore } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { describe, expect, it } from "vitest";
import { answeringLater } from "../support/stores/answering-later.ts";

/** One visit that writes, on a store that fails from its first write on. */
async function visit(failing: SessionStore): Promise<{ error: unknown; heard: string[] }> {
  const heard: string[] = [];
  const sessions = createSessions({ store: failing, observer: ({ type }) => void heard.push(type) });
  const { session, commit } = await sessions.open(new Request("https://shop.example/"));
  session.set("n", 1);
  const committing = commit({ status: 200 });
  const error = await Promise.resolve(committing).catch((error: unknown) => error);
  await sessions.close();
  return { error, heard };
}

describe("a store without promises", () => {
  const later = { "answers at once": memoryStore, "answers later": () => answeringLater(memoryStore()) };

  for (const [title, make] of Object.entries(later)) {
    it(`B11: ${title}: an operation and a commit give what was stored`, async () => {
      const sessions = createSessions({ store: make() });
      const { id } = await sessions.issue({ data: { n: 1 } });
      await Promise.all(
        Array.from({ length: 20 }, () => sessions.edit(id, (session) => session.update("n", (n) => Number(n) + 1))),
      );
      expect(await sessions.edit(id, (session) => session.get("n"))).toBe(21);
      await sessions.close();
    });
  }

  it("a store without promises fails as one that rejects: the commit rejects, the observer is told, and it is looked up what was written", async () => {
    const broken = new Error("the disk is full");
    const thrown = await visit({
      ...memoryStore(),
      create: () => {
        throw broken;
      },
    });
    const rejected = await visit({ ...answeringLater(memoryStore()), create: () => Promise.reject(broken) });
    expect(thrown.error).toBeInstanceOf(SessionError);
    expect(thrown.error).toMatchObject({ code: "STORE_UNAVAILABLE", cause: broken });
    expect(rejected.error).toMatchObject({ code: "STORE_UNAVAILABLE", cause: broken });
    expect(thrown.heard).toEqual(rejected.heard);
  });

  it("a store without promises may throw where it is read: the session is not usable, and the response still leaves", async () => {
    const store = memoryStore();
    const { token } = await createSessions({ store }).issue({ data: { n: 1 } });
    const read = (): never => {
      throw new Error("the disk is gone");
    };
    const sessions = createSessions({ store: { ...store, read }, observer: () => undefined });
    const request = new Request("https://shop.example/", { headers: { cookie: `__Host-session=${token}` } });
    const { session, commit } = await sessions.open(request);
    expect(() => session.get("n")).toThrow(expect.objectContaining({ code: "STORE_UNAVAILABLE" }));
    expect(await commit({ status: 503 })).toEqual([]);
    await sessions.close();
  });
});
