import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
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
    "express",
    "h3-v1",
    "fastify",
    "koa",
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
  ["elysia", "h3", "nest", "trpc", "trpc-node"].some((name) => specifier === `${manifest.name}/${name}`);

/** What the patterns in package.json open up, read from the built files, public and private apart. */
export function listEntryPoints(): { open: EntryPoint[]; closed: EntryPoint[] } {
  if (!existsSync(join(root, "dist"))) throw new Error("There is no dist/ to test. Run: npm run build");
  const found = [
    { specifier: manifest.name, file: "dist/index.js" },
    { specifier: `${manifest.name}/testing`, file: "dist/testing/index.js" },
    ...filesIn("dist/stores", `${manifest.name}/stores`),
    ...filesIn("dist/bridges", `${manifest.name}/bridges`),
    ...filesIn("dist/adapters", manifest.name),
  ];
  const isClosed = ({ file }: EntryPoint) => file.includes("/_");
  return { open: found.filter((entry) => !isClosed(entry)), closed: found.filter(isClosed) };
}

function filesIn(folder: string, prefix: string): EntryPoint[] {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(".js"))
    .toSorted()
    .map((name) => ({ specifier: `${prefix}/${name.slice(0, -".js".length)}`, file: `${folder}/${name}` }));
}
