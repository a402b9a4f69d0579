import type { Codec } from "../../types/options.ts";
import { isMap, isSet } from "../language/shape.ts";

/** The longest path that a message shows. */
const maxPathLength = 10;

/** Explains why a value cannot be encoded: the type and path of its innermost part that fails. Never shows data. */
export function whyNot(codec: Codec, value: unknown): string {
  const path: string[] = [];
  const seen = new Set<unknown>();
  let part = value;
  for (let at: Part | undefined; path.length < maxPathLength; part = at.value) {
    seen.add(part);
    at = partsOf(part).find((child) => !seen.has(child.value) && !isStorable(codec, child.value));
    if (!at) break;
    path.push(at.step);
  }
  const what = path.length === maxPathLength ? "it is nested too deep, or a part deep inside" : describe(part);
  return path.length === 0 || path.length === maxPathLength ? what : `${what}, at ${path.join("")}`;
}

interface Part {
  readonly step: string;
  readonly value: unknown;
}

function partsOf(value: unknown): Part[] {
  if (Array.isArray(value)) return value.map((item, index) => ({ step: `[${index}]`, value: item }));
  // The keys of a Map are data, so the path does not show them.
  if (isMap(value)) return [...value].flat().map((item) => ({ step: ".get(…)", value: item }));
  if (isSet(value)) return [...value].map((item) => ({ step: ".has(…)", value: item }));
  return isPlain(value) ? Object.entries(value).map(([key, item]) => ({ step: `.${key}`, value: item })) : [];
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
