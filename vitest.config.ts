import { fileURLToPath } from "node:url";
import type { ViteUserConfig } from "vitest/config";

const src = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

const config: ViteUserConfig = {
  resolve: {
    alias: [
      { find: "#crypto", replacement: src("crypto/node.ts") },
      { find: /^coatcheck$/, replacement: src("index.ts") },
      { find: /^coatcheck\/stores\/(.+)$/, replacement: src("stores/$1/index.ts") },
      { find: /^coatcheck\/bridges\/(.+)$/, replacement: src("bridges/$1/index.ts") },
      { find: /^coatcheck\/testing$/, replacement: src("testing/index.ts") },
      { find: /^coatcheck\/([^/]+)$/, replacement: src("adapters/$1/index.ts") },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/support/setup/index.ts",
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A failure shows the values, and not only how many there are.
    chaiConfig: { truncateThreshold: 500 },
    // Most tests of stores wait for servers, so that more run at once than there are cores.
    maxWorkers: 3,
  },
};

export default config;
