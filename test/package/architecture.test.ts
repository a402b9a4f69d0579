import { readdirSync, readFileSync } from "node:fs";
import { sep } from "node:path";
import { describe, expect, test } from "vitest";
import { findViolations, type Packages } from "../support/package/architecture.ts";
import { manifest } from "../support/package/manifest.ts";

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

/** Where `instanceof` is right, and why. Everywhere else a value is told by its shape: see src/core/language/shape.ts. */
const instances: Readonly<Record<string, string>> = {
  Unsettled: "a class of its own file's neighbours, never handed out",
  StoreFailure: "a class of the core, never handed out",
  Refusal: "a class of one file",
  Error: "in adapters/hono.ts only, because Hono asks so",
};

test("B62: no value is told by a class that another realm, another copy or a replaced global would have, too", () => {
  const found = [...readSources()].flatMap(([path, text]) =>
    text.split("\n").flatMap((line, at) => {
      if (/^\s*(\/\/|\*|\/\*)/.test(line)) return [];
      return [...line.matchAll(/\binstanceof ([\w.]+)/g)]
        .filter(([, name = ""]) => !(name in instances) || (name === "Error" && path !== "adapters/hono.ts"))
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
    "index.ts": 'export { make } from "./make.ts";\nexport { cookie } from "./transports/cookie.ts";',
    "make.ts": 'import { a } from "./core/a.ts";\nexport const make = a;',
    "core/a.ts": 'import { random } from "#crypto";\nimport { b } from "./b.ts";\nexport const a = b(random);',
    "core/b.ts": 'import { stringify } from "devalue";\nexport const b = stringify;',
    "crypto/node.ts": 'import { hash } from "node:crypto";\nexport const random = hash;',
    "crypto/web.ts": "export const random = 1;",
    "transports/cookie.ts": 'import type { a } from "../core/a.ts";\nexport type cookie = typeof a;',
    "stores/memory.ts": 'import { sql } from "./_sql.ts";\nexport const memory = sql;',
    "stores/_sql.ts": 'export const sql = () => import("libsql");',
    "adapters/express.ts": 'import type { Request } from "express";\nexport type R = Request;',
    "testing/index.ts": 'export type { a } from "../core/a.ts";',
  };
  const packages: Packages = { dependencies: ["devalue", "@scope/ok"], optionalPeers: ["express", "libsql"] };

  function violations(changes: Record<string, string>): string[] {
    return findViolations(new Map(Object.entries({ ...base, ...changes })), packages);
  }

  test("nothing in a tree that is right", () => {
    expect(violations({})).toEqual([]);
  });

  const core = "core/a.ts must not import stores/memory.ts";
  const cases: [what: string, changes: Record<string, string>, expected: string[]][] = [
    ["a static import upwards", { "core/a.ts": 'import { memory } from "../stores/memory.ts";' }, [core]],
    ["an import upwards for its effect", { "core/a.ts": 'import "../stores/memory.ts";' }, [core]],
    ["a type-only import upwards", { "core/a.ts": 'import type { memory } from "../stores/memory.ts";' }, [core]],
    ["an inline type import upwards", { "core/a.ts": 'import { type memory } from "../stores/memory.ts";' }, [core]],
    ["an import() upwards", { "core/a.ts": 'export const m = () => import("../stores/memory.ts");' }, [core]],
    ["an import() in a type", { "core/a.ts": 'export type M = import("../stores/memory.ts").M;' }, [core]],
    ["an export from upwards", { "core/a.ts": 'export { memory } from "../stores/memory.ts";' }, [core]],
    ["an export * from upwards", { "core/a.ts": 'export * from "../stores/memory.ts";' }, [core]],
    ["an import over several lines", { "core/a.ts": 'import {\n  memory,\n} from "../stores/memory.ts";' }, [core]],
    [
      "crypto that imports core",
      { "crypto/web.ts": 'import { b } from "../core/b.ts";' },
      ["crypto/web.ts must not import core/b.ts"],
    ],
    [
      "a store that imports an adapter",
      { "stores/memory.ts": 'import type { R } from "../adapters/express.ts";' },
      ["stores/memory.ts must not import adapters/express.ts"],
    ],
    [
      "an adapter that imports a store",
      { "adapters/express.ts": 'import { memory } from "../stores/memory.ts";' },
      ["adapters/express.ts must not import stores/memory.ts"],
    ],
    [
      "testing that imports a store",
      { "testing/index.ts": 'import { memory } from "../stores/memory.ts";' },
      ["testing/index.ts must not import stores/memory.ts"],
    ],
    [
      "testing that imports crypto",
      { "testing/index.ts": 'import { random } from "#crypto";' },
      ["testing/index.ts must not import crypto/node.ts", "testing/index.ts must not import crypto/web.ts"],
    ],
    [
      "an import of the entry point",
      { "adapters/express.ts": 'import { a } from "../index.ts";' },
      ["adapters/express.ts must not import index.ts"],
    ],
    ["a folder that is no layer", { "extra/x.ts": "export {};" }, ["extra/x.ts is in no known layer"]],
    [
      "an import of a missing file",
      { "core/b.ts": 'import { c } from "./c.ts";' },
      ["core/b.ts imports core/c.ts, which is not a source file"],
    ],
    ["a cycle of two", { "core/b.ts": 'import { a } from "./a.ts";' }, ["cycle: core/a.ts -> core/b.ts -> core/a.ts"]],
    [
      "a cycle made of types",
      { "core/b.ts": 'import type { a } from "./a.ts";' },
      ["cycle: core/a.ts -> core/b.ts -> core/a.ts"],
    ],
    [
      "a cycle through #crypto",
      { "crypto/web.ts": 'import "./key.ts";', "crypto/key.ts": 'import "#crypto";' },
      ["cycle: crypto/web.ts -> crypto/key.ts -> crypto/web.ts"],
    ],
    ["a file that imports itself", { "core/b.ts": 'import "./b.ts";' }, ["cycle: core/b.ts -> core/b.ts"]],
    ["a file of 201 lines", { "core/b.ts": "export {};\n".repeat(201) }, ["core/b.ts has 201 lines, more than 200"]],
    [
      "a built-in where it must not be",
      { "core/b.ts": 'import { join } from "node:path";' },
      ["core/b.ts must not import the built-in node:path"],
    ],
    [
      "a built-in without its prefix",
      { "core/b.ts": 'import { join } from "fs/promises";' },
      ["core/b.ts must not import the built-in fs/promises"],
    ],
    [
      "a type of a built-in",
      { "adapters/express.ts": 'import type { Server } from "node:http";' },
      ["adapters/express.ts must not import the built-in node:http"],
    ],
    ["a default export", { "core/b.ts": "export default 1;" }, ["core/b.ts has a default export"]],
    ["a default function", { "core/b.ts": "export default function b() {}" }, ["core/b.ts has a default export"]],
    [
      "a default in a list",
      { "core/b.ts": "const b = 1;\nexport { b as default };" },
      ["core/b.ts has a default export"],
    ],
    ["a default namespace", { "core/b.ts": 'export * as default from "devalue";' }, ["core/b.ts has a default export"]],
    [
      "a private file of another folder",
      { "index.ts": 'export { sql } from "./stores/_sql.ts";' },
      ["index.ts imports stores/_sql.ts, private to stores/"],
    ],
    [
      "a package that is not a dependency",
      { "core/b.ts": 'import { x } from "lodash/x";' },
      ["core/b.ts imports lodash, which is not a dependency"],
    ],
    [
      "a scoped package that is not a dependency",
      { "core/b.ts": 'import "@scope/ok/x";\nimport "@scope/no/x";' },
      ["core/b.ts imports @scope/no, which is not a dependency"],
    ],
    [
      "an optional package in the core",
      { "core/b.ts": 'import type { x } from "libsql";' },
      ["core/b.ts must not import the optional package libsql"],
    ],
    [
      "an optional package that becomes required",
      { "stores/_sql.ts": 'import { x } from "libsql";' },
      ["stores/_sql.ts would make the optional package libsql required"],
    ],
    [
      "an import() of a computed name",
      { "core/b.ts": "export const load = (name: string) => import(name);" },
      ["core/b.ts imports a name that is computed"],
    ],
  ];

  test.each(cases)("%s", (_, changes, expected) => {
    expect(violations(changes)).toEqual(expected);
  });

  test("a framework that is required otherwise than by its own adapter", () => {
    const text = 'import { Router } from "express";';
    expect(violations({ "adapters/express.ts": text })).toEqual([]);
    expect(violations({ "adapters/_express.ts": text })).toEqual([
      "adapters/_express.ts would make the optional package express required",
    ]);
  });

  test("built-ins only in the files that may have them", () => {
    const text = 'import "node:fs";';
    expect(violations({ "crypto/node.ts": text, "stores/sqlite.ts": text, "stores/_sqlite-open.ts": text })).toEqual(
      [],
    );
    expect(violations({ "adapters/_node-response.ts": text })).toEqual([]);
    expect(violations({ "stores/memory.ts": text })).toEqual(["stores/memory.ts must not import the built-in node:fs"]);
  });
});
