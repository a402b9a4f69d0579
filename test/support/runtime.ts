/** What the tests run on. For a test that only some runtimes can pass, which then says why. */
export const runtime: "node" | "bun" | "deno" =
  "bun" in process.versions ? "bun" : "deno" in process.versions ? "deno" : "node";
