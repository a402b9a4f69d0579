import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listEntryPoints, needsFramework, needsNode } from "../support/package/entry-points.ts";
import { type ExportedNames, exportedNames } from "../support/package/exported-names.ts";
import { linksOf } from "../support/package/imports.ts";
import { manifest, root } from "../support/package/manifest.ts";
import { listPacked, pack } from "../support/package/tarball.ts";
import { output, run } from "../support/processes/run.ts";

/** An application that installed the packed package and nothing else. */
const app = mkdtempSync(join(tmpdir(), "coatcheck-package-"));
const installed = join(app, "node_modules", manifest.name);
const { open, closed } = listEntryPoints();
const specifiers = open.map(({ specifier }) => specifier);

/** Names that only tell require and import what a module is. The drop-in for express-session is a function. */
const shapes = ["__esModule", "default", "module.exports"];

/** For each specifier the names it exports, or the code of the error. */
const probe = (load: string, hidden: readonly string[]): string => `
const found = {};
for (const name of process.argv.slice(2)) {
  try {
    found[name] = Object.keys(${load}(name)).filter((key) => !${JSON.stringify(hidden)}.includes(key)).sort();
  } catch (error) {
    found[name] = error.code ?? String(error);
  }
}
console.log(JSON.stringify(found));
`;

/** Puts the frameworks that adapters speak of beside the package: whoever uses an adapter has its framework. */
function installFrameworks(): void {
  const files = ["src/adapters", "src/operations"].flatMap((folder) => {
    const paths = readdirSync(join(root, folder), { recursive: true, encoding: "utf8" });
    return paths
      .filter((path) => path.endsWith(".ts"))
      .map((path) => linksOf(path, readFileSync(join(root, folder, path), "utf8")));
  });
  const imported = new Set(files.flatMap(({ imports }) => imports.map(({ specifier }) => specifier)));
  for (const name of Object.keys(manifest.peerDependencies)) {
    const place = join(app, "node_modules", name);
    if (![...imported].some((specifier) => specifier === name || specifier.startsWith(`${name}/`))) continue;
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(root, "node_modules", name), place);
  }
}

async function load(script: string, names: readonly string[], flags: string[] = []): Promise<Record<string, unknown>> {
  return JSON.parse(await output(process.execPath, [...flags, script, ...names], app));
}

let tarball: string;
let packedFiles: string[];
let names: ReadonlyMap<string, ExportedNames>;

beforeAll(async () => {
  tarball = await pack(app);
  packedFiles = await listPacked(tarball);
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
  writeFileSync(join(app, "load.mjs"), probe("await import", ["module.exports"]));
  writeFileSync(join(app, "load.cjs"), probe("require", shapes));
  await output("npm", ["install", "--prefer-offline", "--ignore-scripts", tarball], app);
  const declarations = open.map(({ file }) => join(installed, file.replace(/\.js$/, ".d.ts")));
  names = new Map(exportedNames(declarations).map((found, n) => [specifiers[n]!, found]));
});

afterAll(() => rmSync(app, { recursive: true, force: true }));

test("the tarball holds the sources with their declarations, the bundled code, the papers, and nothing else", () => {
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.(ts|md)$/.test(path))
    .map((path) => path.replaceAll(sep, "/"));
  const modules = sources.filter((path) => path.endsWith(".ts")).map((path) => path.slice(0, -".ts".length));
  const code = packedFiles.filter((path) => path.startsWith("dist/") && path.endsWith(".js"));
  // What `require` gets where Node's own cannot load ES modules: the same files once more, and types that lead to them.
  const again = (path: string) => path.replace(/^dist\/(.*)\.js$/, "dist/commonjs/$1.cjs");
  const required = [
    ...code.filter((path) => !path.startsWith("dist/cli/")).map(again),
    "dist/commonjs/shared/devalue.cjs",
    ...open.map(({ file }) => again(file).replace(/\.cjs$/, ".d.cts")),
  ];
  const expected = [
    ...["CHANGELOG.md", "LICENSE", "README.md", "bin/coatcheck.js", "package.json"],
    ...sources.map((path) => `src/${path}`),
    ...modules.flatMap((path) => [`dist/${path}.d.ts`, `dist/${path}.d.ts.map`]),
    ...code.flatMap((path) => [path, `${path}.map`]),
    ...required,
  ];
  expect(packedFiles.toSorted()).toEqual(expected.toSorted());
  const known = [...open.map(({ file }) => file), "dist/crypto/node.js", "dist/crypto/web.js", "dist/cli/main.js"];
  expect(code.filter((path) => !path.startsWith("dist/shared/")).toSorted()).toEqual(known.toSorted());
});

describe("installed into an empty folder", () => {
  async function expectToLoad(entries: typeof open): Promise<void> {
    expect(entries.length).toBeGreaterThan(0);
    const wanted = entries.map(({ specifier }) => specifier);
    const declared = (hidden: readonly string[]) =>
      Object.fromEntries(
        wanted.map((specifier) => [specifier, names.get(specifier)?.values.filter((name) => !hidden.includes(name))]),
      );
    expect(await load("load.mjs", wanted)).toEqual(declared(["module.exports"]));
    expect(await load("load.cjs", wanted)).toEqual(declared(shapes));
  }

  /** As Jest does, and Node before 20.19. */
  async function expectToLoadWithoutModules(entries: typeof open): Promise<void> {
    const wanted = entries.map(({ specifier }) => specifier);
    const found = await load("load.cjs", wanted, ["--no-experimental-require-module"]);
    const values = wanted.map((name) => [name, names.get(name)?.values.filter((value) => !shapes.includes(value))]);
    expect(found).toEqual(Object.fromEntries(values));
  }

  test("every entry point loads and exports what its types declare, with import and with require", async () => {
    const alone = open.filter((entry) => !needsFramework(entry));
    await expectToLoad(alone);
    await expectToLoadWithoutModules(alone);
  });

  test("those that call their framework load beside it", async () => {
    installFrameworks();
    const beside = open.filter(needsFramework);
    await expectToLoad(beside);
    // These frameworks are ES modules themselves, and no CommonJS of ours could load them.
    const modules = ["h3", "nest"].map((name) => `${manifest.name}/${name}`);
    await expectToLoadWithoutModules(beside.filter(({ specifier }) => !modules.includes(specifier)));
  });

  test("private files cannot be loaded", async () => {
    expect(closed.length).toBeGreaterThan(0);
    const hidden = closed.map(({ specifier }) => specifier);
    const refused = (code: string) => Object.fromEntries(hidden.map((name) => [name, code]));
    expect(await load("load.mjs", hidden)).toEqual(refused("ERR_MODULE_NOT_FOUND"));
    expect(await load("load.cjs", hidden)).toEqual(refused("MODULE_NOT_FOUND"));
  });

  test("a path of the sources, or with a folder in the singular, is refused by its own name", async () => {
    const paths = ["adapters/express", "store/redis", "bridge/keyv"].map((path) => `${manifest.name}/${path}`);
    const refused = Object.fromEntries(paths.map((path) => [path, "ERR_PACKAGE_PATH_NOT_EXPORTED"]));
    expect(await load("load.mjs", paths)).toEqual(refused);
    expect(await load("load.cjs", paths)).toEqual(refused);
  });

  test("the engine has no way in but the entry points", async () => {
    const inner = ["types/errors", "types/errors.js", "dist/types/errors.js", "core/manager/manager", "crypto/node"];
    const paths = inner.map((path) => `${manifest.name}/${path}`);
    expect(await load("load.mjs", paths)).toEqual(
      Object.fromEntries(paths.map((path) => [path, "ERR_MODULE_NOT_FOUND"])),
    );
  });
});

describe("the types compile for a user, library check included,", () => {
  const neutral = open.filter((entry) => !needsNode(entry)).map(({ specifier }) => specifier);

  async function compile(names: readonly string[], types: readonly string[], options: object): Promise<string> {
    const compilerOptions = { strict: true, noEmit: true, target: "es2023", types, ...options };
    writeFileSync(join(app, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["app.ts"] }));
    writeFileSync(join(app, "app.ts"), names.map((name, n) => `export * as a${n} from "${name}";\n`).join(""));
    const { code, stdout } = await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc")], app);
    if (code !== 0 && stdout === "") return `tsc ended with ${code}`;
    // What is wrong with the types of a framework, which is a link that leads out of here, is not for us to mend.
    return stdout.replaceAll(/^\.\..*\n(?: .*\n)*/gm, "");
  }

  const lib = ["es2023", "esnext.disposable", "dom", "dom.iterable"];

  test("the types compile for a user on Node", async () => {
    symlinkSync(join(root, "node_modules/@types"), join(app, "node_modules/@types"));
    expect(await compile(specifiers, ["node"], { module: "nodenext" })).toBe("");
  });

  test("the types compile for a user of a bundler", async () => {
    const bundler = { module: "preserve", moduleResolution: "bundler" };
    expect(await compile(specifiers, ["node"], bundler)).toBe("");
  });

  test("the types compile for a user without the types of Node", async () => {
    expect(await compile(neutral, [], { module: "nodenext", lib })).toBe("");
  });

  test("the types compile for a browser or a worker", async () => {
    const worker = { module: "preserve", moduleResolution: "bundler", customConditions: ["workerd", "browser"], lib };
    expect(await compile(neutral, [], worker)).toBe("");
  });
});

test("publint finds nothing to improve", async () => {
  const { messages, pkg } = await publint({ pkgDir: installed, pack: false, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
});

test("attw: the types resolve wherever the code does", async () => {
  // Patterns in "exports" are skipped unless the entry points are named. Profile esm-only: it would call an ES module
  // met by require an error, which Node 20.19 and later load; that is tested above.
  const subpaths = specifiers.map((specifier) => specifier.replace(manifest.name, "."));
  const args = [tarball, "--profile", "esm-only", "--format", "ascii", "--no-color", "--entrypoints", ...subpaths];
  const { code, stdout } = await run(join(root, "node_modules/.bin/attw"), args, root);
  expect(code === 0 ? "" : stdout).toBe("");
});
