import { describe, expect, test } from "vitest";
import { addressOf, layOut } from "../../site/layout.ts";
import { markdownFiles, readChapters } from "../../site/pages.ts";
import { type Section, sections } from "../../site/sections.ts";
import { headingOf, pageText } from "../../site/text.ts";
import { root } from "../support/package/manifest.ts";

const paths = markdownFiles();

test("every page of the documentation is in one section of the site, and a section names pages that exist", () => {
  const placed = layOut(sections, paths).flatMap(({ entries }) => entries.map(({ path }) => path));
  expect(paths.filter((path) => path.startsWith("docs/") && !placed.includes(path))).toEqual([]);
  expect(placed.filter((path) => !paths.includes(path))).toEqual([]);
  expect(placed.filter((path, at) => placed.indexOf(path) !== at)).toEqual([]);
});

test("every page of the site has an address of its own, a name, and links that lead somewhere", () => {
  const pages = readChapters().flatMap((chapter) => chapter.pages);
  const addresses = ["index.md", ...pages.map(({ address }) => address)];
  expect(new Set(addresses).size).toBe(addresses.length);
  for (const { title, text } of pages) {
    expect(title).not.toBe("");
    expect(text).not.toContain("repository.invalid");
  }
});

describe("the sections", () => {
  test("a path with a star stands for what is below it and named nowhere, and a section without pages is left out", () => {
    const given: Section[] = [
      { title: "All", pages: [["docs/b.md", "First"], "docs/*"] },
      { title: "None", pages: ["docs/later*"] },
      { title: "Own", pages: ["docs/c.md"] },
    ];
    expect(layOut(given, ["docs/d.md", "docs/c.md", "docs/b.md", "docs/a.md"])).toEqual([
      {
        title: "All",
        entries: [
          { path: "docs/b.md", name: "First" },
          { path: "docs/a.md", name: undefined },
          { path: "docs/d.md", name: undefined },
        ],
      },
      { title: "Own", entries: [{ path: "docs/c.md", name: undefined }] },
    ]);
  });

  test.each([
    ["README.md", "index.md"],
    ["docs/README.md", "pages.md"],
    ["docs/frameworks/koa.md", "frameworks/koa.md"],
    ["docs/security.md", "security.md"],
    ["SECURITY.md", "security-policy.md"],
    ["bench/RESULTS.md", "bench/results.md"],
    ["src/core/README.md", "src/core.md"],
  ])("the address of %s is %s", (path, address) => {
    expect(addressOf(path)).toBe(address);
  });
});

describe("the text of a page", () => {
  const pages = new Set(["README.md", "docs/options.md", "docs/frameworks/koa.md", "src/core/README.md"]);
  const repository = { root, tag: "v1.0.0", address: "https://example.com/coatcheck" };

  test.each([
    ["[a](../options.md#data)", "[a](../options.md#data)"],
    ["[a](../../README.md)", "[a](../index.md)"],
    ["[a](../../src/core)", "[a](../src/core.md)"],
    ["[a](#here) [b](https://example.com)", "[a](#here) [b](https://example.com)"],
    ["[a](../../examples/koa)", "[a](https://example.com/coatcheck/tree/v1.0.0/examples/koa)"],
    ["`[a](../nowhere.md)`", "`[a](../nowhere.md)`"],
  ])("%s becomes %s", (text, expected) => {
    expect(pageText(text, "docs/frameworks/koa.md", pages, repository)).toBe(expected);
  });

  test.each([
    ["[an `app`](../../examples/koa)", "an `app` (`examples/koa`)"],
    ["[examples/koa](../../examples/koa)", "examples/koa"],
  ])("without a public address %s becomes %s", (text, expected) => {
    expect(pageText(text, "docs/frameworks/koa.md", pages, { ...repository, address: undefined })).toBe(expected);
  });

  test("a picture of a page is on the site, at the same place beside it", () => {
    const text = "![the shop](../images/shop.png)";
    expect(pageText(text, "docs/frameworks/koa.md", pages, { ...repository, address: undefined })).toBe(text);
  });

  test("a link that leads nowhere is refused", () => {
    expect(() => pageText("[a](../nowhere.md)", "docs/frameworks/koa.md", pages, repository)).toThrow(
      "docs/frameworks/koa.md: ../nowhere.md does not exist",
    );
  });

  test("the heading has no marks of code", () => {
    expect(headingOf("text\n# The `session`\n")).toBe("The session");
    expect(() => headingOf("text")).toThrow("a page has no heading");
  });
});
