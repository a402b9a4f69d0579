import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Random } from "../support/random.ts";
import { isLinearizable } from "./checker/brute-force.ts";
import { check } from "./checker/checker.ts";
import { report } from "./checker/report.ts";
import { type RegisterInput, register } from "./models/register.ts";
import { recordAsked, registerAsked, sessionAsked } from "./workload/asking.ts";
import type { Model, Operation } from "./workload/history.ts";
import { type Simulated, simulate } from "./workload/simulation.ts";

type Step = Operation<RegisterInput, string | boolean>;

const answered = (span: [number, number], input: RegisterInput, output: string | boolean = true): Step => ({
  client: "c",
  input,
  outcome: { is: "answered", output },
  start: span[0],
  end: span[1],
});
const lost = (start: number, input: RegisterInput): Step => ({
  client: "c",
  input,
  outcome: { is: "unknown" },
  start,
  end: Number.POSITIVE_INFINITY,
});
const failed = (span: [number, number], input: RegisterInput): Step => ({
  ...answered(span, input),
  outcome: { is: "failed", reason: "the store is down" },
});
const read: RegisterInput = { do: "read" };
const write = (value: string): RegisterInput => ({ do: "write", value });
const swap = (expected: string, value: string): RegisterInput => ({ do: "swap", expected, value });

describe("histories of one register", () => {
  const right: Record<string, Step[]> = {
    "no operation": [],
    "one after the other": [answered([0, 1], write("a")), answered([2, 3], read, "a")],
    "a read that overlaps a write sees the old value": [answered([0, 9], write("a")), answered([1, 2], read, "")],
    "a read that overlaps a write sees the new value": [answered([0, 9], write("a")), answered([1, 2], read, "a")],
    "two reads during a write see the old, then the new value": [
      answered([0, 9], write("a")),
      answered([1, 2], read, ""),
      answered([3, 4], read, "a"),
    ],
    "parallel writes in the order that reads tell": [
      answered([0, 9], write("a")),
      answered([0, 9], write("b")),
      answered([1, 5], read, "b"),
      answered([6, 8], read, "a"),
    ],
    "of two swaps one is refused": [answered([0, 9], swap("", "a")), answered([0, 9], swap("", "b"), false)],
    "an answer at the instant of the next start": [answered([0, 1], write("a")), answered([1, 2], read, "")],
    "an unknown write that took effect late": [
      lost(0, write("a")),
      answered([1, 2], read, ""),
      answered([3, 4], write("b")),
      answered([5, 6], read, "a"),
    ],
    "an unknown write that never took effect": [lost(0, write("a")), answered([1, 2], read, "")],
    "two unknown swaps, of which the second came first": [
      lost(0, swap("x", "y")),
      lost(1, swap("", "x")),
      answered([2, 3], read, "y"),
    ],
    "a failed write that had no effect": [failed([0, 1], write("a")), answered([2, 3], read, "")],
  };
  test.each(Object.entries(right))("right: %s", (_, history) => {
    expect(check(register, history).linearizable).toBe(true);
  });

  const wrong: Record<string, Step[]> = {
    "a lost update": [answered([0, 9], swap("", "a")), answered([0, 9], swap("", "b")), answered([10, 11], read, "b")],
    "a stale read": [answered([0, 1], write("a")), answered([2, 3], write("b")), answered([4, 5], read, "a")],
    "two reads that disagree about the order": [
      answered([0, 9], write("a")),
      answered([1, 2], read, "a"),
      answered([3, 4], read, ""),
    ],
    "a value from nowhere": [answered([0, 1], read, "a")],
    "a value before its write": [answered([0, 1], read, "a"), answered([2, 3], write("a"))],
    "an acknowledged write without effect": [answered([0, 1], write("a")), answered([2, 3], read, "")],
    "a refused swap that had an effect": [answered([0, 1], swap("", "a"), false), answered([2, 3], read, "a")],
    "a failed write that had an effect": [failed([0, 1], write("a")), answered([2, 3], read, "a")],
    "an unknown write that took effect twice": [
      lost(0, write("a")),
      answered([1, 2], read, "a"),
      answered([3, 4], write("b")),
      answered([5, 6], read, "a"),
    ],
    "an unknown write that took effect before it began": [answered([0, 1], read, "a"), lost(2, write("a"))],
    "an unknown write that was undone": [lost(0, write("a")), answered([1, 2], read, "a"), answered([3, 4], read, "")],
  };
  test.each(Object.entries(wrong))("wrong: %s", (_, history) => {
    expect(check(register, history).linearizable).toBe(false);
  });
});

test("the report ends with the first reply that does not fit, and says what is known", () => {
  const history = [
    answered([0, 1], write("a")),
    answered([2, 3], read, "a"),
    failed([3.5, 3.75], write("c")),
    lost(4, swap("x", "y")),
    answered([4, 6], swap("x", "z"), false),
    answered([5, 7], read, "c"),
    answered([8, 9], read, "d"),
  ];
  const verdict = check(register, history);
  expect(verdict.linearizable === false && report(register, verdict.refutation).split("\n")).toEqual([
    "Not linearizable: 3 answers can be explained, and then comes",
    '  5.000 to 7.000 ms  c  read → "c"',
    "While these were running, or have never been answered:",
    "  4.000 to … ms  c  swap x y → no answer",
    "After these, which are said to have had no effect:",
    "  3.500 to 3.750 ms  c  write c → no effect: the store is down",
    "What was answered before has 1 explanation.",
    'This order leaves "a":',
    "  0.000 to 1.000 ms  c  write a → true",
    '  2.000 to 3.000 ms  c  read → "a"',
    "  4.000 to 6.000 ms  c  swap x z → false",
  ]);
});

test("a search that takes too long gives no verdict", () => {
  const history = Array.from({ length: 20 }, (_, n) => answered([0, 9], write(`${n}`)));
  expect(() => check(register, [...history, answered([0, 9], read, "?")], 1_000)).toThrow("undecided");
});

/** Runs something with a model whose types nobody needs to know. */
interface Kind {
  readonly simulate: (seed: number, crowd: Parameters<typeof simulate>[2]) => Operation<unknown, unknown>[];
  readonly model: Model<unknown, unknown, unknown>;
}
const kind = <State, Input, Output>(asked: Simulated<State, Input, Output>): Kind => ({
  simulate: (seed, crowd) => simulate(asked, new Random(seed), crowd),
  model: asked.model as Model<unknown, unknown, unknown>,
});
const ours = { record: kind(recordAsked), session: kind(sessionAsked) };
const seeds = fc.integer();

/** Gives one answer to somebody who asked the same kind of thing. */
function mutated(history: readonly Operation<unknown, unknown>[], random: Random): Operation<unknown, unknown>[] {
  const index = random.below(history.length);
  const one = history[index] as Operation<{ do: string }, unknown>;
  const others = history.filter((other) => {
    const isOther = JSON.stringify(other.outcome) !== JSON.stringify(one.outcome);
    return isOther && other.outcome.is === "answered" && (other.input as { do: string }).do === one.input.do;
  });
  const other = others[random.below(others.length)];
  if (one.outcome.is !== "answered" || other === undefined) return [...history];
  return history.with(index, { ...one, outcome: other.outcome });
}

describe.each(Object.entries({ register: kind(registerAsked), ...ours }))(
  "simulated histories of a %s",
  (_, { simulate: run, model }) => {
    test("what a right object did is accepted, whatever overlaps and whatever gets lost", () => {
      const crowd = fc.record({
        clients: fc.integer({ min: 1, max: 5 }),
        operations: fc.constant(20),
        lost: fc.constantFrom(0, 0.1, 0.2),
      });
      const property = fc.property(seeds, crowd, (seed, crowd) => {
        expect(check(model, run(seed, crowd)).linearizable).toBe(true);
      });
      fc.assert(property, { numRuns: 100 });
    });

    test("the verdict is that of trying every order, for right histories and for some that were tampered with", () => {
      let rejected = 0;
      const crowd = fc.record({
        clients: fc.integer({ min: 2, max: 3 }),
        operations: fc.integer({ min: 1, max: 3 }),
        lost: fc.constantFrom(0, 0.1, 0.3),
      });
      const property = fc.property(seeds, crowd, fc.boolean(), (seed, crowd, isTampered) => {
        const right = run(seed, crowd);
        const history = isTampered ? mutated(right, new Random(seed)) : right;
        const { linearizable } = check(model, history);
        if (!linearizable) rejected++;
        expect(linearizable).toBe(isLinearizable(model, history));
      });
      fc.assert(property, { numRuns: 2_000 });
      expect(rejected).toBeGreaterThan(20);
    });
  },
);

describe.each(Object.entries(ours))("long histories of a %s", (_, { simulate: run, model }) => {
  test("of a hundred long histories with one wrong reply nearly all are rejected", () => {
    let rejected = 0;
    let tampered = 0;
    for (let seed = 0; tampered < 100; seed++) {
      const right = run(seed, { clients: 8, operations: 50, lost: 0.02 });
      const history = mutated(right, new Random(seed));
      if (JSON.stringify(history) === JSON.stringify(right)) continue;
      tampered++;
      if (!check(model, history).linearizable) rejected++;
    }
    expect(rejected).toBeGreaterThan(95);
  });

  test("32 clients with 40 operations each, of which every twentieth gets lost, take less than two million steps", () => {
    const { linearizable, steps } = check(model, run(1, { clients: 32, operations: 40, lost: 0.05 }));
    expect(linearizable).toBe(true);
    expect(steps).toBeLessThan(2_000_000);
  });
});
