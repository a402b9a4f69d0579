import { createSessions } from "coatcheck";
import { memoryStore } from "coatcheck/stores/memory";
import { expect, test } from "vitest";
import { Browser } from "../support/browser/visitor.ts";
import { record } from "../support/stores/records.ts";

test("B104: the memory store evicts what managers note for themselves last of all", async () => {
  const store = memoryStore({ maxSessions: 20 });
  const sessions = createSessions<{ n: number }>({ store });
  await sessions.revokeAll("eve");
  const late = new Browser(sessions);
  const answer = await late.visit(async (session) => {
    await session.login("eve");
    await sessions.revokeAll("eve");
    for (let n = 0; n < 100; n++) {
      const owner = n % 2 === 0 ? { userId: `user-${n}` } : {};
      await store.create(record({ id: String(n).padStart(22, "A"), ...owner }), Date.now());
    }
  });
  expect(answer.status).toBe(409);
  expect(await late.visit((session) => session.userId)).toMatchObject({ result: undefined });
});
