import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { output } from "../processes/run.ts";
import { root } from "./manifest.ts";

/** The tarball that would be published from a working tree, made in `folder`. */
export async function pack(folder: string, tree: string = root): Promise<string> {
  const printed = await output(process.execPath, ["scripts/pack.js", "--to", folder], tree);
  return join(folder, printed.trim().split("\n").at(-1)!);
}

/** The files of a tarball, as paths in the package. */
export async function listPacked(tarball: string): Promise<string[]> {
  const listed = await output("tar", ["-tzf", tarball], dirname(tarball));
  return listed
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""));
}

export async function unpack(tarball: string): Promise<string> {
  const folder = dirname(tarball);
  await output("tar", ["-xzf", tarball], folder);
  return join(folder, "package");
}

/** The working tree in another folder, without what is built and installed; the packages are those of this one. */
export async function copyTree(folder: string): Promise<void> {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
  const listed = await output("git", args, root);
  for (const path of listed.split("\0").filter(Boolean)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path));
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
}
