import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { change, write } from "./folder.ts";
import { readSteps } from "./steps.ts";

/** A file after a diff. */
function changed(text: string, diff: string): string {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-tutorial-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  write(folder, "in/a.ts", text);
  change(folder, "in/a.ts", diff.split("\n"));
  return readFileSync(join(folder, "in/a.ts"), "utf8");
}

test("a diff of the tutorial adds, removes, skips, and knows a line by its beginning", () => {
  expect(changed("one\ntwo\nthree\nfour\n", " one\n+1.5\n …\n-three\n+3\n fo…\n+5")).toBe(
    "one\n1.5\ntwo\n3\nfour\n5\n",
  );
});

test("a diff of the tutorial must have one place in its file", () => {
  expect(() => changed("one\n", " two\n+3")).toThrow("a.ts must have this in exactly one place:\ntwo");
  expect(() => changed("one\none\n", " one\n+3")).toThrow("exactly one place");
});

test("a page of the tutorial is read as files, changes and commands with what they print", () => {
  const page =
    "# T\n\n## 1. First\n\n**`a.ts`**\n\n```ts\n1;\n```\n\n```sh\nls\ncat a.ts\n```\n\n```text\n1;\n```\n\n**`a.ts`**\n\n```diff\n-1;\n```\n\n## End";
  expect(readSteps(page)).toEqual([
    {
      title: "1. First",
      actions: [
        { kind: "file", path: "a.ts", text: "1;\n" },
        { kind: "command", line: "ls", prints: [] },
        { kind: "command", line: "cat a.ts", prints: ["1;"] },
        { kind: "diff", path: "a.ts", lines: ["-1;"] },
      ],
    },
  ]);
  expect(() => readSteps("## 1. First\n\n```ts\n1;\n```")).toThrow(
    'A block of "1. First" does not say which file it is.',
  );
});
