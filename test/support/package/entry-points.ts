import { existsSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";
import { manifest, root } from "./manifest.ts";

export interface EntryPoint {
  /** As an application imports it, such as `coatcheck/stores/memory`. */
  readonly specifier: string;
  /** Its JavaScript file in the package. */
  readonly file: string;
}

/** These speak of Node's own objects; every other entry point runs anywhere. */
export const needsNode = ({ specifier }: EntryPoint): boolean =>
  [
    "async-context",
    "diagnostics",
    "express",
    "express-session",
    "h3-v1",
    "fastify",
    "koa",
    "native-store",
    "nest",
    "node",
    "passport",
    "stores/file",
    "stores/open",
    "stores/sqlite",
    "trpc-node",
    "ws",
  ].some((name) => specifier === `${manifest.name}/${name}`);

/** These call their framework, so they load only where it is installed; every other entry point loads alone. */
export const needsFramework = ({ specifier }: EntryPoint): boolean =>
  ["elysia", "h3", "nest", "otel", "prometheus", "trpc", "trpc-node"].some(
    (name) => specifier === `${manifest.name}/${name}`,
  );

/** What the patterns in package.json open up, read from the built declarations, public and private apart. */
export function listEntryPoints(): { open: EntryPoint[]; closed: EntryPoint[] } {
  if (!existsSync(join(root, "dist"))) throw new Error("There is no dist/ to test. Run: npm run build");
  const folders: readonly (readonly [folder: string, prefix: string])[] = [
    ["dist/stores", `${manifest.name}/stores`],
    ["dist/bridges", `${manifest.name}/bridges`],
    ["dist/legacy", `${manifest.name}/legacy`],
    ["dist/adapters", manifest.name],
    ["dist/operations", manifest.name],
  ];
  const found = [
    { specifier: manifest.name, file: "dist/index.js" },
    { specifier: `${manifest.name}/core`, file: "dist/core.js" },
    { specifier: `${manifest.name}/testing`, file: "dist/testing/index.js" },
    { specifier: `${manifest.name}/security`, file: "dist/security/index.js" },
    ...folders.flatMap(([folder, prefix]) => filesIn(folder, prefix)),
  ];
  const isOpen = ({ file }: EntryPoint) => /^dist\/(index|core|([^/]+\/){1,2}index)\.js$/.test(file);
  return {
    open: found.filter(isOpen).map(({ specifier, file }) => ({ specifier: specifier.replace(/\/index$/, ""), file })),
    closed: found.filter((entry) => !isOpen(entry)),
  };
}

function filesIn(folder: string, prefix: string): EntryPoint[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll(sep, "/"))
    .filter((path) => path.endsWith(".d.ts"))
    .toSorted()
    .map((path) => path.slice(0, -".d.ts".length))
    .map((path) => ({ specifier: `${prefix}/${path}`, file: `${folder}/${path}.js` }));
}
