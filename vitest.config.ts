import { fileURLToPath } from "node:url";
import type { TestProjectConfiguration, ViteUserConfig } from "vitest/config";

const src = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

/** `npx vitest run --project unit` runs one of them. The folders are those below test/. */
function project(name: string, folders: readonly string[]): TestProjectConfiguration {
  return { extends: true, test: { name, include: folders.map((folder) => `test/${folder}/**/*.test.ts`) } };
}

const config: ViteUserConfig = {
  resolve: {
    alias: [
      { find: "#crypto", replacement: src("crypto/node.ts") },
      { find: /^coatcheck$/, replacement: src("index.ts") },
      { find: /^coatcheck\/core$/, replacement: src("core.ts") },
      { find: /^coatcheck\/stores\/(.+)$/, replacement: src("stores/$1/index.ts") },
      { find: /^coatcheck\/bridges\/(.+)$/, replacement: src("bridges/$1/index.ts") },
      { find: /^coatcheck\/legacy\/(.+)$/, replacement: src("legacy/$1/index.ts") },
      { find: /^coatcheck\/(testing|security)$/, replacement: src("$1/index.ts") },
      {
        find: /^coatcheck\/(observe|diagnostics|prometheus|otel|resilience|encryption|admin)$/,
        replacement: src("operations/$1/index.ts"),
      },
      { find: /^coatcheck\/([^/]+)$/, replacement: src("adapters/$1/index.ts") },
    ],
  },
  test: {
    projects: [
      // Needs no service, and answers in seconds.
      project("unit", ["core", "crypto", "transports", "security", "simulator", "bench"]),
      project("stores", ["contract/stores", "stores", "bridges", "operations", "faults", "linearizability"]),
      project("adapters", ["contract/adapters", "adapters", "legacy"]),
      project("frameworks", ["frameworks"]),
      project("examples", ["examples", "browser"]),
      project("runtimes", ["runtimes"]),
      project("package", ["package", "cli", "soak", "support"]),
    ],
    globalSetup: "test/support/setup/index.ts",
    // A busy machine may be ten times slower. Only what hangs runs into these.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    expect: { poll: { timeout: 120_000 } },
    // A failure shows the values, and not only how many there are.
    chaiConfig: { truncateThreshold: 500 },
    // Most tests of stores wait for servers, so that more run at once than there are cores.
    maxWorkers: 3,
  },
};

export default config;
