import { afterEach, expect, test, vi } from "vitest";

afterEach(() => vi.unstubAllGlobals());

test.each([
  ["in a process of one's own", {}, true],
  ["in a worker of Cloudflare", { navigator: { userAgent: "Cloudflare-Workers" } }, false],
  ["in an edge runtime", { EdgeRuntime: "edge-runtime" }, false],
])("whether requests may wait for each other %s", async (_, globals, expected) => {
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
  vi.resetModules();
  expect((await import("../../src/core/runtime/platform.ts")).canSharePromises).toBe(expected);
});
