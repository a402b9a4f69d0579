import { invalidOption } from "../../types/errors.ts";

/** The names of all options. The compiler reports a missing one. */
export type Known<Options> = Readonly<Record<keyof Options, true>>;

/** Creates the error for a message. */
export type Fault = (message: string) => Error;

/** Messages for option names that are known from other packages. */
export type Elsewhere = Readonly<Record<string, string>>;

/** For arguments of methods. Options of a factory use `INVALID_OPTION`. */
export const typeError: Fault = (message) => new TypeError(message);

/**
 * Rejects a value that is not an object, and unknown option names. Messages contain names, never values.
 *
 * @param where the called function, such as `list()`
 * @param elsewhere messages for names that need more than "did you mean"
 * @throws SessionError INVALID_OPTION, or the error that `fault` creates
 */
export function checkKeys<Options>(
  given: unknown,
  known: Known<Options>,
  where: string,
  fault: Fault = invalidOption,
  elsewhere: Elsewhere = {},
): void {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw fault(`${where} takes an object of options and was given ${kindOf(given)}.`);
  }
  const unknown = unknownIn(given, known);
  if (unknown === undefined) return;
  const hint = Object.hasOwn(elsewhere, unknown) ? elsewhere[unknown] : hintFor(unknown, Object.keys(known));
  throw fault(`${where} has no option ${JSON.stringify(unknown.slice(0, 40))}. ${hint}`);
}

function hintFor(unknown: string, names: readonly string[]): string {
  const meant = nearest(unknown, names);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  return names.length === 1 ? `There is only ${names[0]}.` : `There are ${names.join(", ")}.`;
}

/** Returns the first own name that is unknown. A loop, because `open()` calls it for every request. */
function unknownIn(given: object, known: object): string | undefined {
  for (const name in given) if (!Object.hasOwn(known, name) && Object.hasOwn(given, name)) return name;
  return undefined;
}

/** Describes the type of a value, for messages that must not contain the value. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "object") return `a ${typeof value}`;
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  return typeof name === "string" && name !== "" && name !== "Object" ? `a ${name}` : "an object";
}

/** Returns the most similar name, if at most a third of its letters differ, ignoring case. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const steps = distance(word.toLowerCase(), name.toLowerCase());
    if (steps >= least || steps > Math.max(word.length, name.length) / 3) continue;
    best = name;
    least = steps;
  }
  return best;
}

/** Returns the Levenshtein distance of two strings. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const changed = (row[j] as number) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] as number) + 1, (next[j] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
