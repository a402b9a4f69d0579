import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/package/manifest.ts";
import { sourceFiles } from "../support/package/source-files.ts";

const described = [...read("docs/behaviours.md").matchAll(/^\* \*\*(B\d+)\*\*/gm)].map(([, number]) => number!);
const titles = sourceFiles(root, "test").flatMap(titlesIn);
const proven = new Set(titles.flatMap((title) => title.match(/B\d+/g) ?? []));

test("every behaviour has a number of its own, and a test with that number at the beginning of its title", () => {
  expect(described.length).toBeGreaterThan(80);
  expect(described).toHaveLength(new Set(described).size);
  expect(described.filter((number) => !proven.has(number))).toEqual([]);
});

test("every number at the beginning of a title is that of a behaviour", () => {
  expect([...proven].filter((number) => !described.includes(number))).toEqual([]);
});

/** Returns the numbers at the beginning of string literals, as in "B9 B10: …". */
function titlesIn(path: string): string[] {
  return [...read(path).matchAll(/["'`]((?:B\d+,? )*B\d+):/g)].map(([, numbers]) => numbers!);
}

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}
