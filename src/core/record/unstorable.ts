import type { Codec } from "../../types/options.ts";
import { isMap, isSet } from "../language/shape.ts";

/** So far into a value a message leads. */
const deepest = 10;

/** Why a value cannot be encoded: what its innermost part is that cannot, and where. Never what it holds. */
export function whyNot(codec: Codec, value: unknown): string {
  const path: string[] = [];
  const seen = new Set<unknown>();
  let part = value;
  for (let at: Part | undefined; path.length < deepest; part = at.value) {
    seen.add(part);
    at = partsOf(part).find((one) => !seen.has(one.value) && !isStorable(codec, one.value));
    if (!at) break;
    path.push(at.step);
  }
  const what = path.length === deepest ? "it is nested too deep, or a part deep inside" : describe(part);
  return path.length === 0 || path.length === deepest ? what : `${what}, at ${path.join("")}`;
}

interface Part {
  readonly step: string;
  readonly value: unknown;
}

function partsOf(value: unknown): Part[] {
  if (Array.isArray(value)) return value.map((one, index) => ({ step: `[${index}]`, value: one }));
  // A key of a Map is data.
  if (isMap(value)) return [...value].flat().map((one) => ({ step: ".get(…)", value: one }));
  if (isSet(value)) return [...value].map((one) => ({ step: ".has(…)", value: one }));
  return isPlain(value) ? Object.entries(value).map(([key, one]) => ({ step: `.${key}`, value: one })) : [];
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function isStorable(codec: Codec, value: unknown): boolean {
  try {
    codec.encode(value);
    return true;
  } catch {
    return false;
  }
}

function describe(part: unknown): string {
  if (typeof part !== "object" || part === null) return `it holds a ${typeof part}`;
  if (isPlain(part) && Object.getOwnPropertySymbols(part).length > 0)
    return "it holds an object with a symbol for a key";
  const name: unknown = Object(part).constructor?.name;
  const isOwn = typeof name === "string" && name !== "" && !isPlain(part) && !Array.isArray(part);
  return isOwn ? `it holds an object of the class ${name}` : "it holds an object that cannot be encoded";
}
