import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { expect, test } from "vitest";
import { listEntryPoints, needsNode } from "../support/package/entry-points.ts";
import { manifest, root } from "../support/package/manifest.ts";

// What everything costs together: all of the engine, the memory store and the cookie. It should shrink, not grow.
const LIMIT = 40_500;

/** What each other entry point may add, whole, to an application that has the core. Lower a line where it shrinks. */
const budgets: Readonly<Record<string, number>> = {
  admin: 14_000,
  astro: 1_700,
  "async-context": 1_100,
  core: 500,
  diagnostics: 3_900,
  elysia: 400,
  "express-session": 6_900,
  express: 4_500,
  fastify: 4_500,
  "graphql-yoga": 800,
  "h3-v1": 5_100,
  h3: 900,
  hono: 1_600,
  koa: 4_500,
  "native-store": 3_300,
  nest: 5_200,
  next: 2_000,
  node: 4_700,
  observe: 2_600,
  otel: 2_200,
  passport: 5_200,
  prometheus: 1_800,
  "react-router": 1_700,
  resilience: 1_500,
  encryption: 3_000,
  "socket-io": 1_900,
  sveltekit: 2_000,
  "tanstack-start": 900,
  "trpc-node": 4_700,
  trpc: 400,
  ws: 2_500,
  "bridges/express-session": 3_100,
  "bridges/keyv": 2_800,
  "bridges/unstorage": 2_800,
  "legacy/express-session": 4_500,
  "legacy/h3": 4_900,
  "legacy/iron-session": 4_900,
  "stores/cookie": 2_600,
  "stores/d1": 4_600,
  "stores/durable-object": 4_200,
  "stores/file": 7_400,
  "stores/memory": 100,
  "stores/mongodb": 4_800,
  "stores/mysql": 7_100,
  "stores/open": 36_200,
  "stores/postgres": 7_500,
  "stores/redis": 8_600,
  "stores/schema": 1_700,
  "stores/sqlite": 7_000,
  security: 2_000,
  testing: 15_100,
};

interface Bundle {
  readonly gzipped: number;
  readonly meta: Metafile;
}

async function bundle(code: string, external: readonly string[], conditions?: string[]): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2023",
    // "neutral" adds no conditions of its own.
    ...(conditions === undefined ? { platform: "browser" } : { platform: "neutral", conditions }),
    mainFields: ["module", "main"],
    // Not ours: its paths lead to the sources.
    tsconfigRaw: {},
    external: ["node:*", ...external],
  });
  return { gzipped: gzipSync(outputFiles[0]!.contents, { level: 9 }).byteLength, meta: metafile };
}

const core = `export { createSessions } from "${manifest.name}";`;
const dependencies = Object.keys(manifest.dependencies);

test("the core does not grow: at most 40.5 kB, minified and gzipped", async () => {
  const own = await bundle(core, dependencies);
  const whole = await bundle(core, []);
  console.log(`core: ${own.gzipped} B minified and gzipped, ${whole.gzipped} B with ${dependencies.join(", ")}`);
  expect(Object.keys(own.meta.inputs)).toContain("dist/crypto/web.js");
  expect(own.gzipped).toBeLessThanOrEqual(LIMIT);
});

/** What an application bundles that takes the small door: less than the core, because it names what it needs. */
const smallDoors = [
  ["stored sessions by a bearer token", "createSessions, bearer", 34_600],
  ["stored sessions by a cookie", "createSessions, cookie", 37_200],
  ["sealed sessions by a cookie, without the engine of stored ones", "createSealedSessions, cookie", 28_000],
] as const;

test.each(smallDoors)("coatcheck/core keeps its budget: %s", async (_, names, limit) => {
  const { gzipped, meta } = await bundle(`export { ${names} } from "${manifest.name}/core";`, dependencies);
  console.log(`${names}: ${gzipped} B minified and gzipped`);
  expect(gzipped).toBeLessThanOrEqual(limit);
  const used = Object.values(meta.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  );
  expect(used.filter((path) => path.includes("stores/memory"))).toEqual([]);
});

test("every entry point keeps its own budget", async () => {
  const names = listEntryPoints().open.flatMap(({ specifier }) =>
    specifier === manifest.name ? [] : [specifier.slice(manifest.name.length + 1)],
  );
  expect(names.toSorted()).toEqual(Object.keys(budgets).toSorted());
  const external = [...dependencies, ...Object.keys(manifest.peerDependencies)];
  const whole = `export * from "${manifest.name}";`;
  const { gzipped: base } = await bundle(whole, external);
  const own = await Promise.all(
    names.map(async (name) => {
      const { gzipped } = await bundle(`${whole} export * from "${manifest.name}/${name}";`, external);
      return [name, gzipped - base] as const;
    }),
  );
  console.log(own.map(([name, bytes]) => `${name}: ${bytes} B`).join("\n"));
  expect(own.filter(([name, bytes]) => bytes > budgets[name]!)).toEqual([]);
});

const neutral = listEntryPoints().open.filter((entry) => !needsNode(entry));

test.each([
  ["a browser", undefined],
  ["Cloudflare workers", ["workerd", "worker", "browser"]],
  ["the edge runtime", ["edge-light"]],
  ["a runtime we know nothing about", []],
])("a bundle for %s imports nothing of Node", async (_, conditions) => {
  const code = neutral.map(({ specifier }) => `export * from "${specifier}";`).join("\n");
  // Clients of databases are the application's, and what they import is theirs.
  const peers = Object.keys(manifest.peerDependencies);
  const { meta } = await bundle(code, peers, conditions);
  expect(Object.keys(meta.inputs)).toContain("dist/crypto/web.js");
  const imported = Object.values(meta.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  const isPeer = (path: string): boolean => peers.some((name) => path === name || path.startsWith(`${name}/`));
  expect(imported.filter((path) => !isPeer(path))).toEqual([]);
});

test("a bundle for Node uses Node's crypto", async () => {
  const { meta } = await bundle(core, [], ["node"]);
  expect(Object.keys(meta.inputs)).toContain("dist/crypto/node.js");
  expect(Object.keys(meta.inputs)).not.toContain("dist/crypto/web.js");
});
