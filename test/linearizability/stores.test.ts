import { randomInt } from "node:crypto";
import { afterAll, expect, onTestFailed, onTestFinished, test } from "vitest";
import { Random } from "../support/random.ts";
import { describeStore, storesUnderTest } from "../support/stores/stores.ts";
import { judge } from "./checker/judge.ts";
import { Crew } from "./workload/run.ts";
import { bad } from "./workload/weather.ts";

const embedded = await storesUnderTest(["SQLite", "file"]);
const servers = await storesUnderTest(["PostgreSQL", "MariaDB", "Redis", "Redis Cluster", "MongoDB"]);

const crew = new Crew();
afterAll(() => crew.dismiss());

/** Fixes what the clients ask and which faults strike. When each of it happens is up to the machine. */
function chosenSeed(): number {
  const seed = Number(process.env.LINEAR_SEED ?? randomInt(2 ** 31));
  onTestFailed(() => console.error(`The clients ask the same again with LINEAR_SEED=${seed}`));
  return seed;
}

// Eight clients in each process: 200 operations of each on records of the store, then 200 on sessions, on five at a time.
for (const [name, subject] of Object.entries({ ...embedded, ...servers })) {
  describeStore(`B49: what four processes do in ${name} is linearizable`, subject, () => {
    test("B49: what four processes do is linearizable without faults", async ({ signal }) => {
      const recording = await crew.record({ url: subject.url(), seed: chosenSeed(), isFaulty: false, signal });
      const { answered, failed, unknown } = judge(recording);
      expect(answered).toBeGreaterThan(12_800);
      expect({ failed, unknown }).toEqual({ failed: 0, unknown: 0 });
    });
  });
}

for (const [name, subject] of Object.entries(embedded)) {
  describeStore(`B49: what four processes do in ${name} is linearizable`, subject, () => {
    test("while one of them is killed", async ({ signal }) => {
      const seed = chosenSeed();
      const killAt = 10_000 + new Random(seed).below(300_000);
      const { answered } = judge(await crew.record({ url: subject.url(), seed, isFaulty: true, killAt, signal }));
      expect(answered).toBeGreaterThan(9_600);
    });
  });
}

for (const [name, subject] of Object.entries(servers)) {
  describeStore(`B49: what four processes do in ${name} is linearizable`, subject, () => {
    test("B49: what four processes do is linearizable with proxies that delay requests and reset connections", async ({
      signal,
    }) => {
      const seed = chosenSeed();
      const weather = await bad(subject.url(), new Random(seed));
      onTestFinished(() => weather[Symbol.asyncDispose]());
      const { url, detours } = weather;
      const { answered, failed, unknown } = judge(await crew.record({ url, detours, seed, isFaulty: true, signal }));
      expect(answered).toBeGreaterThan(9_600);
      expect(failed + unknown).toBeGreaterThan(0);
      expect(weather.resets).toBeGreaterThan(0);
    });
  });
}
