// Prints the bill of materials (CycloneDX): what an application gets with the package, as the lockfile has it.
//   npm run -s sbom
// Not of this folder itself: npm's --omit=dev leaves out what development needs too.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const read = (name) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), "utf8"));
const { name, version, description, license, dependencies } = read("package.json");
const { lockfileVersion, packages } = read("package-lock.json");
const entries = Object.keys(dependencies).map((dependency) => [
  `node_modules/${dependency}`,
  packages[`node_modules/${dependency}`],
]);
const nested = entries.filter(([, entry]) => entry.dependencies !== undefined);
if (nested.length > 0) throw new Error(`${nested.map(([path]) => path)} has dependencies, which would be left out.`);

const own = { name, version, description, license, dependencies };
const folder = mkdtempSync(join(tmpdir(), "coatcheck-sbom-"));
try {
  const lock = { name, version, lockfileVersion, packages: { "": own, ...Object.fromEntries(entries) } };
  writeFileSync(join(folder, "package.json"), JSON.stringify(own));
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock));
  const args = ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx"];
  const npm = spawnSync("npm", args, { cwd: folder, stdio: "inherit", shell: process.platform === "win32" });
  process.exitCode = npm.status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
