import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { programOf } from "../runtimes/programs.ts";
import { listEntryPoints } from "../support/package/entry-points.ts";
import { manifest, root } from "../support/package/manifest.ts";
import { output, run } from "../support/processes/run.ts";

const dist = join(root, "dist");
const maps = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".map"));

function sourcesOf(map: string): string[] {
  const path = join(dist, map);
  const { sources } = JSON.parse(readFileSync(path, "utf8")) as { sources: string[] };
  return sources.map((source) => resolve(dirname(path), source));
}

test("every map of the package leads to sources that are there", () => {
  expect(maps.length).toBeGreaterThan(200);
  expect(maps.flatMap(sourcesOf).filter((source) => !existsSync(source))).toEqual([]);
});

test("no source is in two files of the package: its classes and symbols exist once", () => {
  const sources = maps.filter((path) => path.endsWith(".js.map")).flatMap(sourcesOf);
  expect(sources.length).toBeGreaterThan(200);
  expect(sources.filter((source, at) => sources.indexOf(source) !== at)).toEqual([]);
});

describe.each(["node", "node22", "node24"] as const)(
  "on %s, an application that uses import and require",
  (runtime) => {
    const code = `
import { createRequire } from "node:module";
const [order, ...specifiers] = process.argv.slice(1);
const require = createRequire(process.cwd() + "/");
const ways = { import: (name) => import(name), require: async (name) => require(name) };
for (const name of specifiers) {
  const found = {};
  for (const way of order.split(" then ")) found[way] = await ways[way](name);
  for (const [key, value] of Object.entries(found.import))
    if (found.require[key] !== value && found.require !== value) console.log(name, key);
}`;
    const specifiers = listEntryPoints().open.map(({ specifier }) => specifier);

    test.each(["import then require", "require then import"])("gets one copy of everything: %s", async (order) => {
      const args = ["--input-type=module", "--eval", code, order, ...specifiers];
      expect(await output(programOf(runtime), args, root)).toBe("");
    });
  },
);

test("createSessions and its memory store are in four files", () => {
  const found = new Set<string>();
  const follow = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    const imports = readFileSync(path, "utf8").matchAll(/^(?:import|export) .*"(\..+)";$/gm);
    for (const [, specifier] of imports) follow(resolve(dirname(path), specifier!));
  };
  follow(join(dist, "index.js"));
  const names = [...found].map((path) => path.slice(dist.length + 1).replaceAll("\\", "/"));
  expect(names.toSorted()).toEqual(["index.js", "shared/base.js", "shared/core.js", "stores/memory/index.js"]);
});

describe("an application sees", () => {
  test("exported functions and classes under their own names", async () => {
    const modules = listEntryPoints().open.map(({ file }) => pathToFileURL(join(root, file)).href);
    const code = `for (const module of process.argv.slice(1))
      for (const [key, value] of Object.entries(await import(module)))
        if (typeof value === "function" && key !== "default" && key !== "module.exports" && value.name !== key) console.log(module, key, value.name);`;
    expect(await output(process.execPath, ["--input-type=module", "--eval", code, ...modules], root)).toBe("");
  });

  const failing = `import { createSessions } from ${JSON.stringify(manifest.name)}; createSessions({ idleTimeout: "soon" });`;

  test("the names of functions in stack traces", async () => {
    const { stderr } = await run(process.execPath, ["--input-type=module", "--eval", failing], root);
    expect(stderr).toMatch(/at configure .*dist.shared.core\.js/);
    expect(stderr).toMatch(/at createSessions .*dist.shared.core\.js/);
  });

  test("the lines of the sources in stack traces, with --enable-source-maps", async () => {
    const args = ["--enable-source-maps", "--input-type=module", "--eval", failing];
    const { stderr } = await run(process.execPath, args, root);
    expect(stderr).toMatch(/at configure .*src.core.config.config\.ts:\d+/);
    expect(stderr).toMatch(/at createSessions .*src.create-sessions\.ts:\d+/);
  });
});
