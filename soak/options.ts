import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { flawNames } from "./faults/broken-stores.ts";
import { targets } from "./targets.ts";

export interface Options {
  readonly minutes: number;
  readonly seed: number;
  readonly stores: readonly string[];
  /** Number of processes for each store. */
  readonly workers: number;
  /** A flaw that is put into the stores on purpose. */
  readonly flaw: string | undefined;
}

/** @throws TypeError for an option that is unknown or wrong */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "10" },
      seed: { type: "string", default: `${randomInt(2 ** 31)}` },
      stores: { type: "string", default: Object.keys(targets).join(",") },
      workers: { type: "string", default: "3" },
      flaw: { type: "string" },
    },
  });
  const stores = values.stores.split(",");
  const unknown = stores.find((name) => !Object.hasOwn(targets, name));
  if (unknown !== undefined) {
    throw new TypeError(`There is no store "${unknown}". There are ${Object.keys(targets).join(", ")}.`);
  }
  if (values.flaw !== undefined && !flawNames.includes(values.flaw)) {
    throw new TypeError(`There is no flaw "${values.flaw}". There are ${flawNames.join(", ")}.`);
  }
  return {
    minutes: positive("minutes", values.minutes),
    seed: positive("seed", values.seed),
    stores,
    workers: Math.max(2, Math.floor(positive("workers", values.workers))),
    flaw: values.flaw,
  };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (number > 0 && number < Number.POSITIVE_INFINITY) return number;
  throw new TypeError(`--${name} must be a positive number, and is "${text}".`);
}
