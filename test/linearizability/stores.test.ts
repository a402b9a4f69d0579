import { randomInt } from "node:crypto";
import { expect, onTestFailed, onTestFinished, test } from "vitest";
import { describeStore, stores } from "../_stores.ts";
import { judge } from "./_judge.ts";
import { Random } from "./_random.ts";
import { record } from "./_run.ts";
import { bad } from "./_weather.ts";

/** Fixes what clients ask and which faults strike. When each of it happens is up to the machine. */
function chosenSeed(): number {
  const seed = Number(process.env.LINEAR_SEED ?? randomInt(2 ** 31));
  onTestFailed(() => console.error(`The same operations are asked again with LINEAR_SEED=${seed}`));
  return seed;
}

// Four processes, eight clients each, 200 operations on records of the store and 200 on sessions, five of each at a time.
const { memory: _, ...shared } = stores;

for (const [name, subject] of Object.entries(shared)) {
  describeStore(`B49: ${name}, used by four processes at once, is linearizable`, subject, () => {
    test("without faults", async () => {
      const { answered, failed, unknown } = judge(
        await record({ url: subject.url(), seed: chosenSeed(), isFaulty: false }),
      );
      expect(answered).toBeGreaterThan(12_800);
      expect([failed, unknown]).toEqual([0, 0]);
    });

    const url = subject.missing === undefined ? subject.url() : "";
    if (/^(sqlite|file):/.test(url)) {
      test("while one of the processes is killed", async () => {
        const seed = chosenSeed();
        const killAt = 10_000 + new Random(seed).below(300_000);
        judge(await record({ url, seed, isFaulty: true, killAt }));
      });
    } else {
      test("with proxies that delay requests and reset connections", async () => {
        const seed = chosenSeed();
        const weather = await bad(url, new Random(seed));
        onTestFinished(() => weather[Symbol.asyncDispose]());
        const { url: way, detours } = weather;
        const { answered, failed, unknown } = judge(await record({ url: way, detours, seed, isFaulty: true }));
        expect(answered).toBeGreaterThan(10_000);
        expect(failed + unknown).toBeGreaterThan(0);
        expect(weather.resets).toBeGreaterThan(0);
      });
    }
  });
}
