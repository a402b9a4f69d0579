import { expect, test } from "vitest";
import { root } from "../support/package/manifest.ts";
import { type Finished, run } from "../support/processes/run.ts";

/** A few seconds of it, on stores that need no server. */
function soak(...args: string[]): Promise<Finished> {
  const options = ["--stores", "memory,sqlite", "--minutes", "0.12", ...args];
  return run(process.execPath, ["--import", "tsx", "soak/run.ts", ...options], root);
}

test("the soak finds nothing wrong with stores that are right", async () => {
  const { code, stdout } = await soak("--seed", "1");
  expect(stdout).toContain("Nothing was lost.");
  expect(code).toBe(0);
});

/** How often a flaw may stay unseen: on a busy machine few requests meet in a run. */
const mostRuns = 20;

/** Runs the soak on flawed stores, with one seed after the other, until it has said all of this of each store. */
async function expectToBeSeen(flaw: string, sentences: readonly string[]): Promise<void> {
  let missing = ["memory", "sqlite"].flatMap((store) => sentences.map((sentence) => `${store}: .*${sentence}`));
  for (let seed = 1; missing.length > 0 && seed <= mostRuns; seed++) {
    const { code, stdout } = await soak("--seed", String(seed), "--flaw", flaw);
    const left = missing.filter((sentence) => !new RegExp(sentence).test(stdout));
    if (left.length < missing.length) {
      expect(stdout).not.toContain("Nothing was lost.");
      expect(code).toBe(1);
    }
    missing = left;
  }
  expect(missing).toEqual([]);
}

test("the soak sees that a store writes without looking at the version", async () => {
  await expectToBeSeen("blind-writes", [
    "two increments were both told \\d+: one was lost",
    "was found where .* was acknowledged",
  ]);
});

test("the soak sees that sessions come back after their end", async () => {
  await expectToBeSeen("lazy-delete", ["session .* was found [\\d.]+ ms after its acknowledged end"]);
});
