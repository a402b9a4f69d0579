import { createSessions, SessionError } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { expect, test } from "vitest";

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

test("B49: no client is told that a session is over because of a login that was not stored", async () => {
  const store = memoryStore();
  let goDown: () => void = () => undefined;
  const isDown = new Promise<void>((resolve) => {
    goDown = resolve;
  });
  const failing = async (): Promise<never> => {
    await isDown;
    throw new SessionError("STORE_UNAVAILABLE", "down");
  };
  const sessions = createSessions<{ n: number }>({
    store: { ...store, replace: failing },
    observer: () => undefined,
    pruneInterval: false,
  });
  const { id } = await sessions.issue({ data: { n: 0 } });

  const first = sessions.edit(id, (session) => session.set("n", 1));
  await turns();
  // Both wait for the first and are committed together.
  const login = sessions.edit(id, (session) => session.login("ann"));
  await turns();
  const after = sessions.edit(id, (session) => session.update("n", (n = 0) => n + 1));
  await turns();
  goDown();

  for (const edit of [first, login, after]) await expect(edit).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
});
