import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { adapterConformance } from "../../../src/testing/adapter/conformance.ts";
import { entries } from "../../support/adapters/entries.ts";

// The suite throws a bug on purpose, and adapters without a framework print what they do not know.
const printed = vi.spyOn(console, "error");
beforeAll(() => void printed.mockImplementation(() => undefined));
afterAll(() => {
  const messages = printed.mock.calls.map(([error]) => (error as Error).message);
  printed.mockRestore();
  expect(new Set(messages)).toEqual(new Set(["a bug of the application"]));
});

describe.each(Object.entries(entries))("%s", (_, adapter) => {
  for (const { title, run } of adapterConformance(adapter)) it(title, run);
});
