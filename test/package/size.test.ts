import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { expect, test } from "vitest";
import { listEntryPoints, needsNode } from "../support/package/entry-points.ts";
import { manifest, root } from "../support/package/manifest.ts";

// What everything costs together: all of the engine, the memory store and the cookie. It should shrink, not grow.
const LIMIT = 38_900;

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

test("the core does not grow: at most 38.9 kB, minified and gzipped", async () => {
  const own = await bundle(core, dependencies);
  const whole = await bundle(core, []);
  console.log(`core: ${own.gzipped} B minified and gzipped, ${whole.gzipped} B with ${dependencies.join(", ")}`);
  expect(Object.keys(own.meta.inputs)).toContain("dist/crypto/web.js");
  expect(own.gzipped).toBeLessThanOrEqual(LIMIT);
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
