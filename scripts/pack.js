// Makes the tarball that is published, from dist/ as it is. npm packs a copy in which every link of the papers is absolute,
// because a relative one dies in the tarball and on npm's pages; the files of the repository keep theirs.
//   npm run pack                     builds first
//   node scripts/pack.js --to FOLDER
//   node scripts/pack.js --release   refuses while there is no public address
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { absoluteLinks } from "./absolute-links.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const { values } = parseArgs({ options: { release: { type: "boolean" }, to: { type: "string", default: root } } });
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

/** `repository` in package.json is the one place for it. Until it is there, links lead to a name that nobody can have. */
const address = manifest.repository?.url.replace(/^git\+/, "").replace(/\.git$/, "");
if (address === undefined && values.release) {
  fail("Nothing was packed: package.json has no `repository`, so every link would be dead. See docs/releasing.md.");
}
if (!existsSync(join(root, "dist/index.js"))) fail("Nothing was packed: there is no dist/. Run: npm run build");

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** The same bytes wherever it is made: npm takes the dates away, this takes the umask away. */
function copyTo(copy) {
  for (const path of ["package.json", ...manifest.files])
    cpSync(join(root, path), join(copy, path), { recursive: true });
  const programs = Object.values(manifest.bin).map((path) => join(copy, path));
  for (const entry of readdirSync(copy, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    chmodSync(file, entry.isDirectory() || programs.includes(file) ? 0o755 : 0o644);
    if (!entry.name.endsWith(".md")) continue;
    const path = relative(copy, file).replaceAll(sep, "/");
    const from = { path, root, address: address ?? "https://repository.invalid", tag: `v${manifest.version}` };
    writeFileSync(file, absoluteLinks(readFileSync(file, "utf8"), from));
  }
}

const copy = mkdtempSync(join(tmpdir(), "coatcheck-pack-"));
try {
  copyTo(copy);
  const args = ["pack", copy, "--ignore-scripts", "--loglevel=error", "--pack-destination", values.to];
  const { status } = spawnSync(npm, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], shell: npm !== "npm" });
  process.exitCode = status ?? 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}
