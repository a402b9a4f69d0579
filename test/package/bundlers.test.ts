import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { consumer, installPacked } from "../support/package/application.ts";
import { manifest, root } from "../support/package/manifest.ts";
import { output } from "../support/processes/run.ts";

const app = mkdtempSync(join(tmpdir(), "coatcheck-bundlers-"));
const entry = join(app, "app.js");
const stores = ["open", "redis", "postgres", "mysql", "mongodb", "sqlite", "file", "cookie"];

beforeAll(async () => {
  await installPacked(app);
  const imports = stores.map((name) => `import * as ${name} from "${manifest.name}/stores/${name}";`);
  const code = [
    ...imports,
    `import { createSessions } from "${manifest.name}";`,
    `import { session } from "${manifest.name}/express";`,
    "const sessions = createSessions();",
    "session(sessions);",
    'const handler = async (_, session) => new Response(String(await session.update("n", (n = 0) => n + 1)));',
    'const response = await sessions.handle(new Request("http://localhost/"), handler);',
    `const kinds = [${stores.join(", ")}].flatMap((store) => Object.values(store)).filter((value) => typeof value === "function");`,
    'const missing = await open.openStore("redis://localhost").catch(({ message }) => message);',
    "console.log(await response.text(), kinds.length > 7, /npm install redis/.test(missing));",
  ];
  writeFileSync(entry, code.join("\n"));
});

afterAll(() => rmSync(app, { recursive: true, force: true }));

/** A package that another of this repository has. */
const inside = (owner: string, name: string): string =>
  pathToFileURL(createRequire(createRequire(join(root, "package.json")).resolve(`${owner}/package.json`)).resolve(name))
    .href;

const bundlers: Readonly<Record<string, (folder: string) => Promise<unknown>>> = {
  esbuild: (outdir) =>
    build({ entryPoints: [entry], bundle: true, platform: "node", format: "esm", outdir, logLevel: "silent" }),
  async webpack(path) {
    const webpack = createRequire(import.meta.url)(consumer("webpack"));
    const settings = {
      ...{ mode: "production", target: "node20", context: app, entry, experiments: { outputModule: true } },
      output: { path, filename: "app.js", module: true, chunkFormat: "module" },
    };
    const stats = await new Promise<{ hasErrors(): boolean; toString(what: object): string }>((done, fail) => {
      webpack(settings, (error: unknown, result: never) => (error ? fail(error) : done(result)));
    });
    if (stats.hasErrors()) throw new Error(stats.toString({ all: false, errors: true }));
  },
  async rollup(dir) {
    const load = async (path: string) => import(pathToFileURL(consumer(path)).href);
    const { rollup } = await load("rollup/dist/es/rollup.js");
    const { default: resolve } = await load("@rollup/plugin-node-resolve/dist/es/index.js");
    const { default: commonjs } = await load("@rollup/plugin-commonjs/dist/es/index.js");
    const plugins = [resolve({ preferBuiltins: true }), commonjs()];
    const bundle = await rollup({ input: entry, plugins, onwarn: () => {} });
    await bundle.write({ dir });
  },
  async vite(outDir) {
    const vite = await import(inside("vitest", "vite"));
    const options = { root: app, configFile: false, logLevel: "silent", ssr: { noExternal: true } };
    await vite.build({ ...options, build: { ssr: entry, outDir, emptyOutDir: false } });
  },
};

test.each(Object.keys(bundlers))(
  "%s bundles an application with no client package installed, and it runs",
  async (name) => {
    const folder = join(app, name);
    await bundlers[name]!(folder);
    expect((await output(process.execPath, [join(folder, "app.js")], app)).trim()).toBe("1 true true");
  },
);
