import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import type { AdapterUnderTest, adapterConformance as conformance } from "../../src/testing/index.ts";
import { request } from "../support/adapters/node.ts";

interface Sloppy {
  readonly library: AdapterUnderTest["library"];
  readonly frameworks: Readonly<Record<string, AdapterUnderTest["serve"]>>;
}

// The built package, as `require` finds it, and not the sources.
const require = createRequire(import.meta.url);
const { library, frameworks }: Sloppy = require("../support/sloppy/entries.cjs");
const { adapterConformance }: { adapterConformance: typeof conformance } = require("coatcheck/testing");

describe.each(Object.entries(frameworks))("the adapter contract in sloppy CommonJS on %s", (_, serve) => {
  it.each(adapterConformance({ library, request, serve }))("$title", async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});
