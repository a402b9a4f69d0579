// Fills in where a lockfile does not say where a package comes from (`resolved`) or what its bytes are (`integrity`). npm
// omits the first where its setting omit-lockfile-registry-resolved is on, and the second for packages of other platforms
// that it has not downloaded; npm itself never fills in either later. test/package/lockfiles.test.ts finds such holes.
//   node scripts/lockfiles.js
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const npm = process.platform === "win32" ? "npm.cmd" : "npm";

/** Asks the registry that npm is set up for, once for each package. */
const integrities = new Map();
function integrityOf(spec) {
  if (!integrities.has(spec)) {
    integrities.set(spec, JSON.parse(execFileSync(npm, ["view", spec, "dist.integrity", "--json"], { cwd: root })));
  }
  return integrities.get(spec);
}

function complete(path, entry) {
  const name = entry.name ?? path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
  const { version, resolved, integrity, ...rest } = entry;
  const file = `${name.slice(name.indexOf("/") + 1)}-${version.split("+")[0]}.tgz`;
  return {
    ...(rest.name === undefined ? {} : { name: rest.name }),
    version,
    resolved: resolved ?? `https://registry.npmjs.org/${name}/-/${file}`,
    integrity: integrity ?? integrityOf(`${name}@${version}`),
    ...rest,
  };
}

// A link is a folder of this repository, and what is in a bundle comes with the package around it.
const isDownloaded = (path, entry) => path.includes("node_modules/") && !entry.link && !entry.inBundle;

const tracked = execFileSync("git", ["ls-files", "-z", "*package-lock.json"], { cwd: root, encoding: "utf8" });
for (const file of tracked.split("\0").filter(Boolean)) {
  const text = readFileSync(`${root}${file}`, "utf8");
  const lock = JSON.parse(text);
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (isDownloaded(path, entry)) lock.packages[path] = complete(path, entry);
  }
  const completed = `${JSON.stringify(lock, null, 2)}\n`;
  if (completed === text) continue;
  writeFileSync(`${root}${file}`, completed);
  console.log(file);
}
