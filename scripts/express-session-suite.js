// Runs express-session's own tests on coatcheck/express-session. They are not part of this repository.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const [folder = "../express-session"] = process.argv.slice(2);
const checkout = resolve(folder);
const entry = fileURLToPath(new URL("../dist/adapters/express-session/index.js", import.meta.url));

if (!existsSync(join(checkout, "test/session.js")) || !existsSync(join(checkout, "node_modules/mocha"))) {
  console.error(`There is no checkout of express-session with its packages in ${checkout}. Get it by
  git clone --branch v1.19.0 --depth 1 https://github.com/expressjs/session ${checkout}
  (cd ${checkout} && npm install)
and name the folder: npm run test:express-session -- ${checkout}`);
  process.exit(1);
}

// A copy, so that the checkout stays as it is.
const place = mkdtempSync(join(tmpdir(), "coatcheck-suite-"));
try {
  cpSync(join(checkout, "test"), join(place, "test"), { recursive: true });
  symlinkSync(join(checkout, "node_modules"), join(place, "node_modules"));
  mkdirSync(join(place, "session"));
  writeFileSync(join(place, "index.js"), `module.exports = require(${JSON.stringify(entry)});\n`);
  writeFileSync(join(place, "session/cookie.js"), `module.exports = require("../index.js").Cookie;\n`);
  const run = (command, args) => spawnSync(command, args, { cwd: place, stdio: "inherit" }).status ?? 1;
  const mocha = join(place, "node_modules/mocha/bin/mocha.js");
  const args = ["--require", "test/support/env", "--check-leaks", "--no-exit", "--reporter", "dot", "test/"];
  process.exitCode = run("sh", ["test/support/gencert.sh"]) || run(process.execPath, [mocha, ...args]);
} finally {
  rmSync(place, { recursive: true, force: true });
}
