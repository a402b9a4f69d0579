import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { placeOf } from "../support/examples/app.ts";
import { root } from "../support/package/manifest.ts";

const folders = readdirSync(join(root, "examples"));
const own = folders.filter((name) => existsSync(join(placeOf(name), "package.json")));

test.each(own)("examples/%s has a test that starts and drives it", (name) => {
  expect(existsSync(join(root, "test/examples", `${name}.test.ts`))).toBe(true);
});

test.each(own)("examples/%s says how to start it, and pins what it needs", (name) => {
  const readme = readFileSync(join(placeOf(name), "README.md"), "utf8");
  expect(readme).toContain("npm start");
  expect(readme).toContain("run `npm ci && npm run build` in its root first");
  const { dependencies } = JSON.parse(readFileSync(join(placeOf(name), "package.json"), "utf8"));
  const { coatcheck, ...others } = dependencies as Record<string, string>;
  expect(coatcheck).toBe("file:../..");
  for (const version of Object.values(others)) expect(version).toMatch(/^\d+\.\d+\.\d+/);
});
