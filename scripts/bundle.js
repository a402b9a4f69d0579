import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { build } from "esbuild";

/** What an application can import, the command line, and the two that `#crypto` chooses from. Each is a file of its own. */
const entry =
  /^(?:index|core|cli\/main|(?:testing|security)\/index|(?:stores|bridges|adapters|legacy|operations)\/[^/]+\/index|crypto\/(?:node|web))\.ts$/;

/**
 * What several entry points share, by folder: one file each below `dist/shared`. None imports one that is listed after
 * it. Whatever else two entry points share, esbuild puts into chunks.
 */
const parts = [
  ["base", /^(?:types|core\/language|stores\/shared\/(?!packages\/)|crypto\/(?!key\.ts))/],
  ["core", /^(?:core|transports|crypto)\/|^(?:create-sessions|given-parts)\.ts$/],
  ["adapters", /^adapters\/shared\/(?!sockets\/)/],
  ["node", /^adapters\/node\//],
  ["sql", /^stores\/sql\//],
  ["bridges", /^bridges\/shared\//],
  ["operations", /^operations\/shared\/(?!event-counters|buckets|refusal-help)/],
];

/** How an import names another output until it is known how far apart they are. */
const scheme = "output:";

/** Bundles `src` into `dist`. No module is in two outputs, so a class or a symbol exists once. */
export async function bundle(root) {
  const src = join(root, "src");
  const dist = join(root, "dist");
  const sources = readdirSync(src, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll(sep, "/"))
    .filter((path) => path.endsWith(".ts"));
  const outputs = new Map(sources.map((path) => [path, outputOf(path)]));
  const { outputFiles } = await build({
    entryPoints: Object.fromEntries(
      [...new Set(outputs.values())].flatMap((output) => (output ? [[output, scheme + output]] : [])),
    ),
    plugins: [separate(src, outputs)],
    bundle: true,
    splitting: true,
    write: false,
    format: "esm",
    platform: "neutral",
    target: ["node20.19", "es2023"],
    packages: "external",
    external: ["#crypto"],
    outdir: dist,
    // Else the paths in comments depend on the folder that the build is called from.
    absWorkingDir: root,
    chunkNames: "shared/[name]-[hash]",
    sourcemap: true,
    sourcesContent: false,
    // Not ours: its paths lead to the sources.
    tsconfigRaw: {},
  });
  const named = new RegExp(`"${scheme}([^"]+)"`, "g");
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    const link = (output) => {
      const way = relative(dirname(path), join(dist, `${output}.js`)).replaceAll(sep, "/");
      return JSON.stringify(way.startsWith(".") ? way : `./${way}`);
    };
    writeFileSync(path, path.endsWith(".js") ? ownNames(text).replaceAll(named, (_, output) => link(output)) : text);
  }
}

/** esbuild calls a class that speaks of itself `_Name` within, and that is the name which users would see. */
function ownNames(text) {
  const renamed = [...text.matchAll(/^var (\w+) = class _\1\b/gm)].map(([, name]) => name);
  return renamed.reduce((done, name) => done.replaceAll(new RegExp(`\\b_${name}\\b`, "g"), name), text);
}

/** The file of `dist`, without its extension, that a source has its place in. */
function outputOf(path) {
  if (entry.test(path)) return path.slice(0, -".ts".length);
  const part = parts.find(([, folders]) => folders.test(path));
  return part && `shared/${part[0]}`;
}

/** Leaves an import of a module that has its place in another output as an import of that output. */
function separate(src, outputs) {
  const of = (path) => outputs.get(relative(src, path).replaceAll(sep, "/"));
  return {
    name: "separate",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^output:/ }, ({ path }) => {
        const name = path.slice(scheme.length);
        // An entry point is its source, default export included.
        return outputs.get(`${name}.ts`) === name
          ? { path: join(src, `${name}.ts`), sideEffects: false }
          : { path: name, namespace: "output", sideEffects: false };
      });
      onResolve({ filter: /^\./ }, ({ path, importer, namespace, resolveDir }) => {
        const target = join(resolveDir, path);
        const output = of(target);
        const own = namespace === "output" ? importer : of(importer);
        if (output === undefined || output === own) return { path: target, sideEffects: false };
        return { path: scheme + output, external: true, sideEffects: false };
      });
      onLoad({ filter: /.*/, namespace: "output" }, ({ path }) => {
        const members = [...outputs].filter(([, output]) => output === path).map(([member]) => member);
        const contents = members.map((member) => `export * from "./${member}";\n`).join("");
        return { contents, resolveDir: src, loader: "ts" };
      });
    },
  };
}
