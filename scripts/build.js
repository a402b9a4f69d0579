// esbuild bundles the sources into few files, because each file costs an application a part of a millisecond at its
// start; tsc writes the declarations. Into an empty folder: a renamed source leaves nothing behind.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.js";
import { commonjs } from "./commonjs.js";

const root = fileURLToPath(new URL("..", import.meta.url));

// To standard error: other scripts read what this one prints.
console.error("Building dist/: the code first, then its types. This takes 15 seconds or more.");
const begunAt = performance.now();
rmSync(new URL("../dist", import.meta.url), { recursive: true, force: true });
await bundle(root);
const tsc = fileURLToPath(import.meta.resolve("typescript/bin/tsc"));
const { status } = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json"], { cwd: root, stdio: "inherit" });
if (status === 0) await commonjs(root);
if (status === 0) console.error(`Built in ${Math.round((performance.now() - begunAt) / 1_000)} seconds.`);
process.exitCode = status ?? 1;
