import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, test } from "vitest";
import { fileStore } from "../../src/stores/file.ts";
import { storeConformance } from "../../src/testing/store-conformance.ts";

const folder = mkdtempSync(join(tmpdir(), "coatcheck-file-"));
let directories = 0;
const newDirectory = () => join(folder, String(++directories));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the contract", () => {
  for (const { title, run } of storeConformance(() => fileStore({ directory: newDirectory() }))) test(title, run);
});
