import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { describe, expect, test } from "vitest";
import { findDeadLinks } from "../support/package/links.ts";
import { root } from "../support/package/manifest.ts";
import { type Page, parsePage } from "../support/package/markdown.ts";
import { findDeadPaths } from "../support/package/paths.ts";
import { findSnippetProblems } from "../support/package/snippets.ts";

/** The text of each page at the top of the repository, and of those below these folders. */
function readTexts(folders: readonly string[]): Map<string, string> {
  const below = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) => `${folder}/${path}`),
  );
  const paths = [...readdirSync(root), ...below].filter((path) => path.endsWith(".md"));
  return new Map(paths.map((path) => [path.replaceAll(sep, "/"), readFileSync(join(root, path), "utf8")]));
}

function pagesOf(texts: Record<string, string>): Map<string, Page> {
  return new Map(Object.entries(texts).map(([path, text]) => [path, parsePage(text)]));
}

describe("the documentation", () => {
  const pages = pagesOf(Object.fromEntries(readTexts(["docs"])));

  test("the documentation has code that compiles against the built package", () => {
    expect([...pages.keys()]).toContain("README.md");
    // The blocks of the tutorial are files, and changes of them: its own test compiles what they make, step by step.
    const others = new Map([...pages].filter(([path]) => path !== "docs/tutorial.md"));
    expect(findSnippetProblems(others)).toEqual([]);
    // Compiles every page at once, which a busy machine does slowly.
  }, 600_000);

  test("the documentation has links that lead somewhere", () => {
    expect(findDeadLinks(pages, (path) => existsSync(join(root, path)))).toEqual([]);
  });

  test("the documentation names paths of files and folders that exist", () => {
    const texts = readTexts(["docs", "src"]);
    expect(findDeadPaths(texts, (path) => existsSync(join(root, path)))).toEqual([]);
  });
});

describe("the check of code", () => {
  const good =
    'import { SessionError } from "coatcheck";\nexport const failed = (e: unknown) => e instanceof SessionError;';
  const fenced = (marks: string, code: string) => `\`\`\`${marks}\n${code}\n\`\`\`\n`;

  test("the check of code finds what is wrong, at its line, and nothing else", () => {
    const pages = pagesOf({
      "good.md": `Text.\n\n${fenced("ts", good)}`,
      "error.md": `Text.\n\n${fenced("ts", `${good}\nfailed("x").nothing;`)}`,
      "javascript.md": fenced("js", "/** @type {number} */\nexport const n = 'x';"),
      "missing-export.md": fenced("ts", 'import { nothing } from "coatcheck";\nnothing();'),
      "private.md": fenced("ts", 'import "coatcheck/core/errors";'),
      "unchecked-index.md": fenced("ts", "const list: string[] = [];\nlist[0].length;"),
      "other-language.md": fenced("sh", "npm install coatcheck"),
      "in-a-list.md": `- Item\n\n  \`\`\`ts\n  const n: string = 1;\n  \`\`\`\n`,
    });
    expect(findSnippetProblems(pages)).toEqual([
      "error.md:6: Property 'nothing' does not exist on type 'boolean'.",
      "in-a-list.md:4: Type 'number' is not assignable to type 'string'.",
      "javascript.md:3: Type 'string' is not assignable to type 'number'.",
      "missing-export.md:2: Module '\"coatcheck\"' has no exported member 'nothing'.",
      expect.stringMatching(/^private\.md:2: Cannot find module .*'coatcheck\/core\/errors'/),
      "unchecked-index.md:3: Object is possibly 'undefined'.",
    ]);
  });

  test("the check of code joins blocks that continue and lets blocks import each other by name", () => {
    const pages = pagesOf({
      "continued.md": fenced("ts", good) + fenced("ts continue", "failed(1).nothing;"),
      "named.md": fenced("ts", `// app.ts\n${good}`) + fenced("ts", 'import { failed } from "./app.ts";\nfailed();'),
      "alone.md": fenced("ts continue", good),
    });
    expect(findSnippetProblems(pages)).toEqual([
      "alone.md:2: there is no block to continue",
      "continued.md:6: Property 'nothing' does not exist on type 'boolean'.",
      "named.md:8: Expected 1 arguments, but got 0.",
    ]);
  });

  test("the check of code leaves a block out only for a reason", () => {
    const pages = pagesOf({
      "reason.md": `<!-- needs a database that is not installed here -->\n\n${fenced("ts no-check", "nonsense(")}`,
      "none.md": `Text.\n\n${fenced("ts no-check", "nonsense(")}`,
    });
    expect(findSnippetProblems(pages)).toEqual([
      "none.md:4: no-check needs a reason, in an HTML comment before the block",
    ]);
  });
});

describe("the check of links", () => {
  const files = new Set(["README.md", "docs/guide.md", "LICENSE", "docs"]);

  test.each([
    ["[a](docs/guide.md)", []],
    ["[a](docs/guide.md#two-words-more)", []],
    ["[a](#top) [b](LICENSE) ![c](docs)", []],
    ["[a](https://example.com/x) [b](mailto:a@example.com)", []],
    ["`[a](nowhere.md)`", []],
    ["```\n[a](nowhere.md)\n```", []],
    ["[a](nowhere.md)", ["README.md:2: nowhere.md does not exist"]],
    [
      '[a](nowhere.md "title") and <a href="gone.md">',
      ["README.md:2: nowhere.md does not exist", "README.md:2: gone.md does not exist"],
    ],
    ["[a]: nowhere.md", ["README.md:2: nowhere.md does not exist"]],
    ["[a](../outside.md)", ["README.md:2: ../outside.md does not exist"]],
    ["[a](docs/guide.md#three)", ["README.md:2: docs/guide.md has no heading for #three"]],
    ["[a](#bottom)", ["README.md:2: README.md has no heading for #bottom"]],
  ])("%s", (text, expected) => {
    const pages = pagesOf({ "README.md": `# Top\n${text}`, "docs/guide.md": "# One\n\n## Two `words`, more!" });
    expect(findDeadLinks(pages, (path) => files.has(path))).toEqual(expected);
  });
});

test("the check of paths finds what is not there, and nothing else", () => {
  const page = [
    "`src/here.ts`, `npm test -- test/here`, `https://example.com/src/there.ts`, src/there.ts, `src/stores/shelf.ts`",
    "```\n`src/there.ts`\n```",
    "`npx vitest run test/there` of `src/own.ts`",
  ];
  const files = new Set(["src/here.ts", "test/here", "src/core/src/own.ts"]);
  expect(findDeadPaths(new Map([["src/core/README.md", page.join("\n")]]), (path) => files.has(path))).toEqual([
    "src/core/README.md:5: test/there does not exist",
  ]);
});
