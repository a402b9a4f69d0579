// Publishes the sources to JSR, the registry of Deno, from a folder of its own: JSR wants a configuration of Deno, and one in
// this folder would change how Deno runs the tests.
//   npm run jsr                says what would be published; needs no account
//   npm run jsr -- --publish
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({ options: { publish: { type: "boolean" }, deno: { type: "string", default: "deno" } } });
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const papers = ["README.md", "LICENSE", "CHANGELOG.md"];

/** Packages without types of their own. The sources import nothing else of them. */
const typed = { koa: "@types/koa" };

/** Every entry point of package.json, by its source. A pattern is one for each folder that fits. */
function entryPoints() {
  const found = Object.entries(manifest.exports).flatMap(([name, target]) => {
    if (target?.default === undefined) return [];
    const source = target.default.replace("./dist/", "./src/").replace(/\.js$/, ".ts");
    if (!source.includes("*")) return [[name, source]];
    const [folder, rest] = source.split("*");
    return readdirSync(join(root, folder)).flatMap((one) =>
      existsSync(join(root, `${folder}${one}${rest}`)) ? [[name.replace("*", one), `${folder}${one}${rest}`]] : [],
    );
  });
  return Object.fromEntries(found);
}

/** The versions that the tests run on, and the lowest of what is not installed here. */
function packageImports() {
  const { peerDependencies, devDependencies, dependencies } = manifest;
  const versionOf = (name, range) => devDependencies[name] ?? range.replace(/^>=(\S+).*/, "$1");
  return Object.fromEntries(
    Object.entries({ ...peerDependencies, ...dependencies }).map(([name, range]) => {
      const from = typed[name] ?? name;
      return [name, `npm:${from}@^${versionOf(from, range)}`];
    }),
  );
}

const folder = mkdtempSync(join(tmpdir(), "coatcheck-jsr-"));
try {
  for (const path of ["src", ...papers]) cpSync(join(root, path), join(folder, path), { recursive: true });
  // Types are checked against what is installed here, so nothing is downloaded.
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"), "junction");
  const config = {
    name: `@${manifest.name}/${manifest.name}`,
    ...{ version: manifest.version, license: manifest.license, exports: entryPoints() },
    // Deno has Web Crypto, and its own import map in place of the conditions of package.json.
    imports: { "#crypto": "./src/crypto/web.ts", ...packageImports() },
    ...{ nodeModulesDir: "manual", publish: { include: ["src", "deno.json", ...papers] } },
  };
  writeFileSync(join(folder, "deno.json"), JSON.stringify(config, undefined, 2));
  // The adapters of Express, Fastify and Koa add to the types of their frameworks, as users of these expect.
  const args = ["publish", "--allow-dirty", "--allow-slow-types", ...(values.publish ? [] : ["--dry-run"])];
  const { status, error } = spawnSync(values.deno, args, { cwd: folder, stdio: "inherit" });
  if (error) console.error(`Deno did not start (${error.message}). Install it, or name it: --deno PATH`);
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
