import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/package/manifest.ts";

/** Where the titles of tests are: also in the tables of rules below these folders. */
const folders = ["adapters", "bridges", "browser", "contract", "core", "crypto", "faults", "linearizability"];
const more = ["package", "runtimes", "stores", "support", "transports"];

const described = [...read("docs/behaviours.md").matchAll(/^\* \*\*(B\d+)\*\*/gm)].map(([, number]) => number!);
const titles = [...folders, ...more].flatMap(titlesBelow);
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
function titlesBelow(folder: string): string[] {
  const paths = readdirSync(join(root, "test", folder), { recursive: true, encoding: "utf8" });
  return paths
    .filter((path) => path.endsWith(".ts") && !path.includes("node_modules"))
    .flatMap((path) => [...read(`test/${folder}/${path}`).matchAll(/["'`]((?:B\d+,? )*B\d+):/g)])
    .map(([, numbers]) => numbers!);
}

function read(path: string): string {
  return readFileSync(join(root, path), "utf8");
}
