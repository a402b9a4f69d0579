import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { buildEngine, type Engine } from "../../simulator/engine/bundle.ts";
import { patched } from "../../simulator/engine/patch.ts";
import { explore } from "../../simulator/exhaustive/explore.ts";
import type { Mend } from "../../simulator/mutants/mend.ts";
import { mends } from "../../simulator/mutants/mends.ts";
import { show, without } from "../../simulator/mutants/run.ts";
import { drawPlan } from "../../simulator/plan/draw.ts";
import { play } from "../../simulator/play/play.ts";
import { trySeed } from "../../simulator/search.ts";
import { storyOf } from "../../simulator/story.ts";
import { root } from "../support/package/manifest.ts";

const steps = 30;

function mendOf(name: string): Mend {
  const found = mends.find((mend) => mend.name === name);
  if (!found) throw new Error(`There is no mend "${name}".`);
  return found;
}

let engine: Engine;
beforeAll(async () => {
  engine = await buildEngine();
});

test("one seed repeats a run to the byte", async () => {
  for (const seed of [3, 11, 29]) {
    const [first, second] = [await play(drawPlan(seed, steps), engine), await play(drawPlan(seed, steps), engine)];
    expect(second.lines).toEqual(first.lines);
    expect(second.digest).toBe(first.digest);
    expect(first.lines.length).toBeGreaterThan(steps);
  }
});

test("another seed is another run", async () => {
  const digests = await Promise.all([1, 2, 3].map(async (seed) => (await play(drawPlan(seed, steps), engine)).digest));
  expect(new Set(digests).size).toBe(3);
});

test("a fixed set of seeds contradicts nothing", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const failure = await trySeed(engine, seed, steps);
    expect(failure && storyOf(failure.plan.setting, failure.outcome.lines)).toBeUndefined();
  }
});

test("a mend that is taken out is found, and its story says who did what", async () => {
  const blind = await buildEngine(mendOf("after a conflict the change is applied to the newer record").patches);
  const failures = [];
  for (let seed = 1; seed <= 40 && failures.length === 0; seed++) {
    const failure = await trySeed(blind, seed, steps);
    if (failure) failures.push(failure);
  }
  const [failure] = failures;
  expect(failure?.plan.steps.length).toBeLessThan(8);
  expect(failure && storyOf(failure.plan.setting, failure.outcome.lines)).toMatch(/sends request .*CONTRADICTION/s);
});

test("each mend can be taken out", async () => {
  for (const { patches } of mends) {
    for (const patch of patches) patched(await readFile(join(root, patch.file), "utf8"), patch);
  }
  expect(new Set(mends.map(({ name }) => name)).size).toBe(mends.length);
});

describe("a rare meeting shows, and only without its mend:", () => {
  for (const mend of mends) {
    const { name, plan } = mend;
    if (plan) test(name, async () => expect(await show(await without(mend), engine, plan)).toBeDefined());
  }
});

test("no order of the calls of two requests contradicts itself, with and without a fault", async () => {
  const { runs, failure } = await explore(engine, 900);
  expect(failure && storyOf(failure.plan.setting, failure.outcome.lines)).toBeUndefined();
  expect(runs).toBeGreaterThan(200);
});

describe("a patch", () => {
  const patch = { file: "x.ts", find: "a", replace: "b" };

  test("changes its one place", () => {
    expect(patched("x a y", patch)).toBe("x b y");
  });

  test("that fits nowhere, or twice, is an error that names the file", () => {
    expect(() => patched("x", patch)).toThrow("x.ts has 0 places");
    expect(() => patched("a a", patch)).toThrow("x.ts has 2 places");
  });

  test("of a file that is not part of the library is an error", async () => {
    await expect(buildEngine([{ ...patch, file: "src/nowhere.ts" }])).rejects.toThrow("src/nowhere.ts");
  });
});
