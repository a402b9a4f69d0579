import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compileFunction } from "node:vm";
import type { createSessions } from "coatcheck";
import { build, type Plugin } from "esbuild";
import { globalsOf, type Host, hostNames } from "./host.ts";
import { type Patch, patched } from "./patch.ts";

/** What the simulator uses of the library: its public API. */
export interface Library {
  readonly createSessions: typeof createSessions;
}

/** The library as one compiled function. Each call is a process of its own: it shares no variable with another. */
export interface Engine {
  load(host: Host): Library;
  /** What the store of its world does wrong, on purpose. */
  readonly storeFlaw?: "compares versions only" | undefined;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(import.meta.url);

/** Bundles the sources, with patches applied on the way. @throws Error naming a patch that does not apply exactly once */
export async function buildEngine(patches: readonly Patch[] = []): Promise<Engine> {
  const applied = new Set<Patch>();
  const { outputFiles } = await build({
    stdin: { contents: 'export { createSessions } from "./src/index.ts";', resolveDir: root, loader: "ts" },
    bundle: true,
    write: false,
    format: "cjs",
    platform: "node",
    target: "node20",
    alias: { "#crypto": join(root, "src/crypto/node.ts") },
    plugins: [patching(patches, applied)],
    logLevel: "silent",
  });
  const missed = patches.find((patch) => !applied.has(patch));
  if (missed) throw new Error(`The patch of ${missed.file} was not applied, because nothing imports that file.`);
  const code = outputFiles[0]?.text ?? "";
  const run = compileFunction(code, ["require", "module", "exports", ...hostNames], { filename: "coatcheck.cjs" });
  return {
    load: (host) => {
      const module = { exports: {} };
      run(require, module, module.exports, ...globalsOf(host));
      return module.exports as Library;
    },
  };
}

function patching(patches: readonly Patch[], applied: Set<Patch>): Plugin {
  return {
    name: "patches",
    setup: ({ onLoad }) => {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const own = patches.filter(({ file }) => path === join(root, file));
        for (const patch of own) applied.add(patch);
        return { contents: own.reduce(patched, await readFile(path, "utf8")), loader: "ts" };
      });
    },
  };
}
