import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

export interface Options {
  readonly minutes: number;
  /** The first seed; those after it follow by one. */
  readonly seed: number;
  /** Only this one seed, with its story. */
  readonly isSingle: boolean;
  /** The number of steps of each run. */
  readonly steps: number;
  readonly hasMutants: boolean;
  /** Only the mends with this in their names. */
  readonly only: string;
  readonly isExhaustive: boolean;
}

/** @throws TypeError for what makes no sense */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string" },
      seed: { type: "string" },
      steps: { type: "string", default: "60" },
      exhaustive: { type: "boolean", default: false },
      mutants: { type: "boolean", default: false },
      only: { type: "string", default: "" },
    },
  });
  return {
    minutes: positive("minutes", values.minutes ?? "10"),
    seed: values.seed === undefined ? randomInt(2 ** 31) : positive("seed", values.seed),
    isSingle: values.seed !== undefined && values.minutes === undefined,
    steps: positive("steps", values.steps),
    hasMutants: values.mutants,
    only: values.only,
    isExhaustive: values.exhaustive,
  };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (number > 0 && number < Number.POSITIVE_INFINITY) return number;
  throw new TypeError(`--${name} must be a positive number, and is "${text}".`);
}
