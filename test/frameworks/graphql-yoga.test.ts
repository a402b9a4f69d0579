import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/package/manifest.ts";
import { output } from "../support/processes/run.ts";

test("a cookie does not get into headers that several visitors' responses are created with", async () => {
  const folder = join(root, "test/frameworks/graphql-yoga");
  const args = ["--import", join(root, "scripts/tsx.js"), "shared-headers.ts"];
  expect(await output(process.execPath, args, folder)).toBe("1,0\n");
});
