import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { output } from "../processes/run.ts";
import { manifest, root } from "./manifest.ts";
import { pack } from "./tarball.ts";

/** Makes `folder` an application that has the packed package and what it depends on, and no client and no framework. */
export async function installPacked(folder: string): Promise<void> {
  const place = join(folder, "node_modules", manifest.name);
  mkdirSync(place, { recursive: true });
  await output("tar", ["-xzf", await pack(folder), "-C", place, "--strip-components", "1"], folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
  for (const name of Object.keys(manifest.dependencies)) link(folder, name);
}

/** Puts packages of this repository beside it. */
export function link(folder: string, name: string): void {
  const place = join(folder, "node_modules", name);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(join(root, "node_modules", name), place);
}

const consumers = join(root, "test/package/consumers");

/** A file of a package that `npm run test:packages -- consumers` installed. */
export const consumer = (path: string): string => join(consumers, "node_modules", path);

/** The versions of TypeScript that are installed there, by the names of their packages. */
export const compilers = Object.keys(
  (JSON.parse(readFileSync(join(consumers, "package.json"), "utf8")) as { dependencies: object }).dependencies,
).filter((name) => name.startsWith("typescript"));
