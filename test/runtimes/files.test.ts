import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { excluded, runtimeTests } from "./files.ts";

test("every file that the other runtimes leave out exists", () => {
  const lost = Object.keys(excluded).filter((path) => !existsSync(new URL(`../${path}`, import.meta.url)));
  expect(lost).toEqual([]);
});

test.each(["core", "crypto", "transports"])("the other runtimes leave out no test of %s", (folder) => {
  expect(Object.keys(excluded).filter((path) => path.split("/")[0] === folder)).toEqual([]);
  expect(runtimeTests().filter((path) => path.startsWith(`${folder}/`))).not.toEqual([]);
});
