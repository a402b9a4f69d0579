import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { apiReport } from "../support/package/api-report.ts";
import { listEntryPoints } from "../support/package/entry-points.ts";
import { root } from "../support/package/manifest.ts";

describe("test/api has what an application can import, with signatures; npm run api writes it", () => {
  const report = apiReport(join(root, "dist"), listEntryPoints().open);

  test.each([...report])("test/api/%s.txt", async (name, text) => {
    await expect(text).toMatchFileSnapshot(`../api/${name}.txt`);
  });

  test("test/api has nothing else", () => {
    const files = readdirSync(join(root, "test/api"), { recursive: true, encoding: "utf8" });
    const names = files.filter((path) => path.endsWith(".txt")).map((path) => path.replaceAll(sep, "/").slice(0, -4));
    expect(names.filter((name) => !report.has(name))).toEqual([]);
  });
});

describe("the report of the public types", () => {
  function report(files: Record<string, string>): string {
    const folder = mkdtempSync(join(tmpdir(), "coatcheck-api-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return [...apiReport(folder, [{ specifier: "coatcheck", file: "dist/index.js" }]).values()].join("");
  }
  const index = 'import type { Seen } from "./inner.d.ts";\nexport declare const take: (seen: Seen) => void;\n';
  const inner = "export interface Seen {\n  a: string;\n}\nexport interface Unseen {\n  b: string;\n}\n";
  const before = { "index.d.ts": index, "inner.d.ts": inner };

  test.each([
    ["a parameter", { ...before, "index.d.ts": index.replace("seen: Seen", "seen?: Seen") }],
    ["a type that is not exported, but spoken of", { ...before, "inner.d.ts": inner.replace("string", "number") }],
    [
      "what is added to a global",
      { ...before, "index.d.ts": `${index}declare global { interface Window { a: 1 } }\n` },
    ],
  ])("changes with %s", (_, after) => {
    expect(report(after)).not.toBe(report(before));
  });

  test.each([
    ["a comment", { ...before, "index.d.ts": index.replace("export", "/** Takes. */\nexport") }],
    ["a type that nothing public speaks of", { ...before, "inner.d.ts": inner.replace("b: string", "b: number") }],
  ])("does not change with %s", (_, after) => {
    expect(report(after)).toBe(report(before));
  });
});
