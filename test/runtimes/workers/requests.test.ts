import { beforeAll, describe, expect, test } from "vitest";
import { startWorker, type Worker } from "./_worker.ts";

let worker: Worker;
beforeAll(async () => {
  worker = await startWorker("requests-worker.ts", {
    d1Databases: ["DB"],
    durableObjects: { SHARDS: { className: "SessionShard", useSQLite: true } },
  });
});

describe.each(["d1", "durable-object"])("requests of one worker over %s", (store) => {
  async function signIn(): Promise<(path: string, signal?: AbortSignal) => Promise<unknown>> {
    const { cookie } = (await (await worker.fetch(`/${store}/issue`)).json()) as { cookie: string };
    return async (path, signal) => {
      const response = await worker.fetch(`/${store}/${path}`, { headers: { cookie }, ...(signal && { signal }) });
      expect(response.status).toBe(200);
      return response.json();
    };
  }

  test("B11: 20 that add to one session at the same time are all counted, and none is stopped as hung", async () => {
    const ada = await signIn();
    const counts = await Promise.all(Array.from({ length: 20 }, () => ada("add")));
    expect(counts.toSorted((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect(await ada("read")).toBe(20);
  });

  test("requests that their clients abort in the middle of a change do not affect others", async () => {
    const ada = await signIn();
    const counts: number[] = [];
    for (let round = 0; round < 20; round++) {
      const leaving = Array.from({ length: 3 }, () => new AbortController());
      // Whether they hear of an answer is nobody's concern.
      for (const { signal } of leaving) ada("add", signal).catch(() => undefined);
      const staying = Array.from({ length: 3 }, () => ada("add"));
      await new Promise((resolve) => setTimeout(resolve, round));
      for (const controller of leaving) controller.abort();
      counts.push(...(await Promise.all(staying)).map(Number));
    }
    const last = Number(await ada("add"));
    // Those that were left alone may still be adding. Each of the others has a count of its own.
    expect(new Set([...counts, last]).size).toBe(61);
    expect(last).toBeGreaterThan(Math.max(...counts));
    expect(last).toBeLessThanOrEqual(121);
  });

  test("B9: requests of one worker find nothing of a session that another one ended", async () => {
    const ada = await signIn();
    await ada("add");
    expect(await (await worker.fetch(`/${store}/revoke`)).json()).toBeGreaterThan(0);
    expect(await ada("read")).toBe("nothing");
  });
});

test("B40: each request has its own limit on a store that says nothing, whatever became of the request before", async () => {
  const { cookie } = (await (await worker.fetch("/silent/issue")).json()) as { cookie: string };
  for (let n = 0; n < 3; n++) {
    const leaving = new AbortController();
    worker.fetch("/silent/read", { headers: { cookie }, signal: leaving.signal }).catch(() => undefined);
    const staying = worker.fetch("/silent/read", { headers: { cookie } });
    setTimeout(() => leaving.abort(), 50);
    expect((await staying).status).toBe(503);
  }
});
