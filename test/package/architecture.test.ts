import { readdirSync, readFileSync } from "node:fs";
import { join, posix, sep } from "node:path";
import { describe, expect, test } from "vitest";
import { findCycles, findViolations, layers, type Packages } from "../support/package/architecture.ts";
import { arrowsOf } from "../support/package/drawing.ts";
import { linksOf } from "../support/package/imports.ts";
import { manifest, root } from "../support/package/manifest.ts";
import { sourceFiles } from "../support/package/source-files.ts";

const src = new URL("../../src/", import.meta.url);

function readSources(): Map<string, string> {
  const paths = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  return new Map(paths.map((path) => [path.replaceAll(sep, "/"), readFileSync(new URL(path, src), "utf8")]));
}

test("the sources keep every rule of the architecture", () => {
  const packages: Packages = {
    dependencies: Object.keys(manifest.dependencies),
    optionalPeers: Object.keys(manifest.peerDependencies),
  };
  expect(findViolations(readSources(), packages)).toEqual([]);
});

test("docs/architecture.md draws the arrows that are checked", () => {
  expect(arrowsOf(readFileSync(join(root, "docs/architecture.md"), "utf8"))).toEqual(layers);
});

test.each(["test", "soak", "simulator", "bench"])("no file of %s/ imports itself through others", (folder) => {
  const paths = sourceFiles(root, folder);
  const importsOf = (path: string): string[] =>
    linksOf(path, readFileSync(join(root, path), "utf8")).imports.flatMap(({ specifier }) =>
      specifier.startsWith(".") ? [posix.join(posix.dirname(path), specifier)] : [],
    );
  expect(paths.length).toBeGreaterThan(20);
  expect(findCycles(new Map(paths.map((path) => [path, importsOf(path)])))).toEqual([]);
});

/** Where `instanceof` is right, and why. Everywhere else a value is told by its shape: see src/core/language/shape.ts. */
const instances: Readonly<Record<string, string>> = {
  UnknownOutcome: "a class of its own file's neighbours, never handed out",
  StoreFailure: "a class of the core, never handed out",
  Refusal: "a class of one file",
  Error: "in adapters/hono/index.ts only, because Hono asks so",
};

test("B62: no value is told by a class that another realm, another copy or a replaced global would also have", () => {
  const found = [...readSources()].flatMap(([path, text]) =>
    text.split("\n").flatMap((line, at) => {
      if (/^\s*(\/\/|\*|\/\*)/.test(line)) return [];
      return [...line.matchAll(/\binstanceof ([\w.]+)/g)]
        .filter(([, name = ""]) => !(name in instances) || (name === "Error" && path !== "adapters/hono/index.ts"))
        .map(([, name]) => `${path}:${at + 1}: instanceof ${name}`);
    }),
  );
  expect(found).toEqual([]);
});

test("no clock of the host is kept, so that a test's own clock moves sessions", () => {
  const kept = /^(?!\s*(?:\*|\/)).*(?<![.\w])(Date\.now|performance\.now)(?!\w|\()/m;
  expect([...readSources()].flatMap(([path, text]) => (kept.test(text) ? [path] : []))).toEqual([]);
});

test("every peer dependency is optional", () => {
  const optional = Object.fromEntries(Object.keys(manifest.peerDependencies).map((name) => [name, { optional: true }]));
  expect(manifest.peerDependenciesMeta).toEqual(optional);
});

describe("the rules find", () => {
  const base = {
    "index.ts": 'export { make } from "./make.ts";\nexport { cookie } from "./transports/cookie/index.ts";',
    "make.ts": 'import { m } from "./core/manager/m.ts";\nexport const make = m;',
    "types/t.ts": "export type T = 1;",
    "core/manager/m.ts": 'import { a } from "../backend/a.ts";\nexport const m = a;',
    "core/backend/a.ts": 'import { random } from "#crypto";\nimport { b } from "./b.ts";\nexport const a = b(random);',
    "core/backend/b.ts": 'import { stringify } from "devalue";\nexport const b = stringify;',
    "crypto/node.ts": 'import { hash } from "node:crypto";\nexport const random = hash;',
    "crypto/web.ts": "export const random = 1;",
    "transports/cookie/index.ts": 'import type { T } from "../../types/t.ts";\nexport type cookie = T;',
    "stores/memory/index.ts": 'import { sql } from "../sql/store.ts";\nexport const memory = sql;',
    "stores/sql/store.ts": 'export const sql = () => import("libsql");',
    "adapters/express/index.ts": 'import type { Request } from "express";\nexport type R = Request;',
    "testing/index.ts": 'export type { T } from "../types/t.ts";',
  };
  const packages: Packages = { dependencies: ["devalue", "@scope/ok"], optionalPeers: ["express", "libsql"] };

  function violations(changes: Record<string, string>): string[] {
    return findViolations(new Map(Object.entries({ ...base, ...changes })), packages);
  }

  test("nothing in a tree that is right", () => {
    expect(violations({})).toEqual([]);
  });

  const core = "core/backend/a.ts must not import stores/memory/index.ts";
  const cases: [what: string, changes: Record<string, string>, expected: string[]][] = [
    [
      "a static import upwards",
      { "core/backend/a.ts": 'import { memory } from "../../stores/memory/index.ts";' },
      [core],
    ],
    ["an import upwards for its effect", { "core/backend/a.ts": 'import "../../stores/memory/index.ts";' }, [core]],
    [
      "a type-only import upwards",
      { "core/backend/a.ts": 'import type { memory } from "../../stores/memory/index.ts";' },
      [core],
    ],
    [
      "an inline type import upwards",
      { "core/backend/a.ts": 'import { type memory } from "../../stores/memory/index.ts";' },
      [core],
    ],
    [
      "an import() upwards",
      { "core/backend/a.ts": 'export const m = () => import("../../stores/memory/index.ts");' },
      [core],
    ],
    [
      "an import() in a type",
      { "core/backend/a.ts": 'export type M = import("../../stores/memory/index.ts").M;' },
      [core],
    ],
    [
      "an export from upwards",
      { "core/backend/a.ts": 'export { memory } from "../../stores/memory/index.ts";' },
      [core],
    ],
    ["an export * from upwards", { "core/backend/a.ts": 'export * from "../../stores/memory/index.ts";' }, [core]],
    [
      "an import over several lines",
      { "core/backend/a.ts": 'import {\n  memory,\n} from "../../stores/memory/index.ts";' },
      [core],
    ],
    [
      "crypto that imports core",
      { "crypto/web.ts": 'import { b } from "../core/backend/b.ts";' },
      ["crypto/web.ts must not import core/backend/b.ts"],
    ],
    [
      "a store that imports an adapter",
      { "stores/memory/index.ts": 'import type { R } from "../../adapters/express/index.ts";' },
      ["stores/memory/index.ts must not import adapters/express/index.ts"],
    ],
    [
      "an adapter that imports a store",
      { "adapters/express/index.ts": 'import { memory } from "../../stores/memory/index.ts";' },
      ["adapters/express/index.ts must not import stores/memory/index.ts"],
    ],
    [
      "testing that imports a store",
      { "testing/index.ts": 'import { memory } from "../stores/memory/index.ts";' },
      ["testing/index.ts must not import stores/memory/index.ts"],
    ],
    [
      "testing that imports crypto",
      { "testing/index.ts": 'import { random } from "#crypto";' },
      ["testing/index.ts must not import crypto/node.ts", "testing/index.ts must not import crypto/web.ts"],
    ],
    [
      "an import of the entry point",
      { "adapters/express/index.ts": 'import { a } from "../../index.ts";' },
      ["adapters/express/index.ts must not import index.ts"],
    ],
    ["a folder that is no layer", { "extra/x.ts": "export {};" }, ["extra/x.ts is in no known layer"]],
    [
      "an import of a missing file",
      { "core/backend/b.ts": 'import { c } from "./c.ts";' },
      ["core/backend/b.ts imports core/backend/c.ts, which is not a source file"],
    ],
    [
      "a cycle of two",
      { "core/backend/b.ts": 'import { a } from "./a.ts";' },
      ["cycle: core/backend/a.ts -> core/backend/b.ts -> core/backend/a.ts"],
    ],
    [
      "a cycle made of types",
      { "core/backend/b.ts": 'import type { a } from "./a.ts";' },
      ["cycle: core/backend/a.ts -> core/backend/b.ts -> core/backend/a.ts"],
    ],
    [
      "a cycle through #crypto",
      { "crypto/web.ts": 'import "./key.ts";', "crypto/key.ts": 'import "#crypto";' },
      ["cycle: crypto/web.ts -> crypto/key.ts -> crypto/web.ts"],
    ],
    [
      "a file that imports itself",
      { "core/backend/b.ts": 'import "./b.ts";' },
      ["cycle: core/backend/b.ts -> core/backend/b.ts"],
    ],
    [
      "a file of 201 lines",
      { "core/backend/b.ts": "export {};\n".repeat(201) },
      ["core/backend/b.ts has 201 lines, more than 200"],
    ],
    [
      "a built-in where it must not be",
      { "core/backend/b.ts": 'import { join } from "node:path";' },
      ["core/backend/b.ts must not import the built-in node:path"],
    ],
    [
      "a built-in without its prefix",
      { "core/backend/b.ts": 'import { join } from "fs/promises";' },
      ["core/backend/b.ts must not import the built-in fs/promises"],
    ],
    [
      "a type of a built-in",
      { "adapters/express/index.ts": 'import type { Server } from "node:http";' },
      ["adapters/express/index.ts must not import the built-in node:http"],
    ],
    ["a default export", { "core/backend/b.ts": "export default 1;" }, ["core/backend/b.ts has a default export"]],
    [
      "a default function",
      { "core/backend/b.ts": "export default function b() {}" },
      ["core/backend/b.ts has a default export"],
    ],
    [
      "a default in a list",
      { "core/backend/b.ts": "const b = 1;\nexport { b as default };" },
      ["core/backend/b.ts has a default export"],
    ],
    [
      "a default namespace",
      { "core/backend/b.ts": 'export * as default from "devalue";' },
      ["core/backend/b.ts has a default export"],
    ],
    [
      "a layer of the core that imports one above it",
      { "core/state/s.ts": 'import type { a } from "../backend/a.ts";' },
      ["core/state/s.ts must not import core/backend/a.ts"],
    ],
    [
      "a store that imports another store",
      { "stores/redis/index.ts": 'import { memory } from "../memory/index.ts";' },
      ["stores/redis/index.ts must not import stores/memory/index.ts"],
    ],
    [
      "a folder that becomes public by its index.ts",
      { "stores/memory/inner/index.ts": "export {};", "core/backend/index.ts": "export {};" },
      [
        "stores/memory/inner/index.ts would make its folder public",
        "core/backend/index.ts would make its folder public",
      ],
    ],
    [
      "a folder of 21 files",
      Object.fromEntries(Array.from({ length: 21 }, (_, n) => [`core/record/f${n}.ts`, "export {};"])),
      ["core/record/ holds 21 files, more than 20"],
    ],
    [
      "a package that is not a dependency",
      { "core/backend/b.ts": 'import { x } from "lodash/x";' },
      ["core/backend/b.ts imports lodash, which is not a dependency"],
    ],
    [
      "a scoped package that is not a dependency",
      { "core/backend/b.ts": 'import "@scope/ok/x";\nimport "@scope/no/x";' },
      ["core/backend/b.ts imports @scope/no, which is not a dependency"],
    ],
    [
      "an optional package in the core",
      { "core/backend/b.ts": 'import type { x } from "libsql";' },
      ["core/backend/b.ts must not import the optional package libsql"],
    ],
    [
      "an optional package that becomes required",
      { "stores/sql/store.ts": 'import { x } from "libsql";' },
      ["stores/sql/store.ts would make the optional package libsql required"],
    ],
    [
      "an import() of a computed name",
      { "core/backend/b.ts": "export const load = (name: string) => import(name);" },
      ["core/backend/b.ts imports a name that is computed"],
    ],
  ];

  test.each(cases)("%s", (_, changes, expected) => {
    expect(violations(changes)).toEqual(expected);
  });

  test("a framework that is required otherwise than by its own adapter", () => {
    const text = 'import { Router } from "express";';
    expect(violations({ "adapters/express/index.ts": text })).toEqual([]);
    expect(violations({ "adapters/express/inner.ts": text })).toEqual([
      "adapters/express/inner.ts would make the optional package express required",
    ]);
  });

  test("built-ins only in the files that may have them", () => {
    const text = 'import "node:fs";';
    expect(
      violations({ "crypto/node.ts": text, "stores/sqlite/index.ts": text, "stores/sqlite/open.ts": text }),
    ).toEqual([]);
    expect(violations({ "adapters/node/response/gate.ts": text })).toEqual([]);
    expect(violations({ "stores/memory/index.ts": text })).toEqual([
      "stores/memory/index.ts must not import the built-in node:fs",
    ]);
  });
});
