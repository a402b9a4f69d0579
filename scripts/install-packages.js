// Frameworks, runtimes and servers for the tests, and what makes the site, are too heavy for everybody's `npm ci`: each
// lives in a folder with a lockfile of its own. This installs them, unless it did so before. Arguments: parts of folder
// names, for only some.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const parts = process.argv.slice(2);

function* foldersWithLockfile(folder) {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  if (entries.some(({ name }) => name === "package-lock.json")) yield folder;
  for (const entry of entries) {
    if (entry.isDirectory() && entry.name !== "node_modules") yield* foldersWithLockfile(`${folder}/${entry.name}`);
  }
}

async function install(folder) {
  const inside = (name) => join(root, folder, name);
  const wanted = createHash("sha256")
    .update(readFileSync(inside("package-lock.json")))
    .digest("hex");
  const stamp = inside("node_modules/.installed");
  if (read(stamp) === wanted) return;
  const start = performance.now();
  // The engines of some are newer than this Node.js; their tests run on one that npm brings.
  const args = ["ci", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
  await promisify(execFile)("npm", args, { cwd: join(root, folder), shell: process.platform === "win32" });
  writeFileSync(stamp, wanted);
  console.log(`${folder} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

const all = ["examples", "site", "test"].flatMap((folder) => [...foldersWithLockfile(folder)]);
const folders = all.filter((folder) => parts.length === 0 || parts.some((part) => folder.includes(part)));

async function work() {
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    try {
      await install(folder);
    } catch (error) {
      console.error(`The packages of ${folder} could not be installed:\n${error.stderr || error}`);
      process.exitCode = 1;
    }
  }
}

// Npm waits for the network as much as for the processor.
await Promise.all([work(), work(), work()]);
