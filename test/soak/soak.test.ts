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

test("the soak sees that a store writes without looking at the version", async () => {
  const { code, stdout } = await soak("--seed", "2", "--flaw", "blind-writes");
  for (const store of ["memory", "sqlite"]) {
    expect(stdout).toMatch(new RegExp(`${store}: .*two increments were both told \\d+: one was lost`));
    expect(stdout).toMatch(new RegExp(`${store}: .*was found where .* was acknowledged`));
  }
  expect(stdout).not.toContain("Nothing was lost.");
  expect(code).toBe(1);
});

test("the soak sees that sessions come back after their end", async () => {
  const { code, stdout } = await soak("--seed", "3", "--flaw", "lazy-delete");
  for (const store of ["memory", "sqlite"]) {
    expect(stdout).toMatch(new RegExp(`${store}: session .* was found [\\d.]+ ms after its acknowledged end`));
  }
  expect(code).toBe(1);
});
