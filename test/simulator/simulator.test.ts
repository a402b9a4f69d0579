import { beforeAll, describe, expect, test } from "vitest";
import { buildEngine, type Engine } from "../../simulator/engine/bundle.ts";
import { patched } from "../../simulator/engine/patch.ts";
import { drawPlan } from "../../simulator/plan/draw.ts";
import { play } from "../../simulator/play/play.ts";
import { trySeed } from "../../simulator/search.ts";
import { storyOf } from "../../simulator/story.ts";

const steps = 30;

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
