import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export type Runtime = "node" | "node22" | "node24" | "bun" | "deno";

const installed = (path: string): string => fileURLToPath(new URL(`node_modules/${path}`, import.meta.url));

/** The program of a runtime, as `npm run test:packages` installed it; `node` is the one that runs now. */
export function programOf(runtime: Runtime): string {
  const program = {
    node: process.execPath,
    node22: installed("node22/bin/node"),
    node24: installed("node24/bin/node"),
    // Its install script gives the program this name on every platform.
    bun: installed("bun/bin/bun.exe"),
    deno: installed("@deno/linux-x64-glibc/deno"),
  }[runtime];
  if (!existsSync(program)) {
    throw new Error(`${runtime} is not installed. Run: npm run test:packages -- runtimes`);
  }
  return program;
}
