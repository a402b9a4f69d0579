import { beforeAll, describe, expect, test } from "vitest";
import { startWorker, type Worker } from "./_worker.ts";

describe("a shard", () => {
  let worker: Worker;
  beforeAll(async () => {
    worker = await startWorker("shard-worker.ts", {
      durableObjects: { SESSIONS: { className: "SessionShard", useSQLite: true } },
    });
  });
  const play = async (scene: string): Promise<unknown> => (await worker.fetch(`/${scene}`)).json();

  test("B44: wakes to delete what has expired, five minutes later, and not while there is nothing", async () => {
    expect(await play("alarms")).toEqual({
      // Nothing; a session of 600 minutes; one of 60, which a touch prolongs unseen; one that is over, after a pause.
      told: [null, 605, 65, 65, 10],
      before: 4,
      next: 10,
      after: ["long", "over by less than clocks may differ", "short"],
      last: null,
    });
  });

  test("a shard takes a deadline that no alarm can be set to", async () => {
    expect(await play("far deadline")).toBe(true);
  });

  test("a shard has about as many sessions as the others", async () => {
    const counts = (await play("shards")) as number[];
    expect(counts.reduce((sum, count) => sum + count)).toBe(400);
    expect(Math.min(...counts)).toBeGreaterThan(50);
  });

  test("a shard that refuses a statement says so, and that nothing was written", async () => {
    expect(await play("failure")).toEqual({
      code: "STORE_UNAVAILABLE",
      message: expect.stringMatching(/^The Durable Object refused .+ nothing was written.+ no such table/),
    });
  });
});
