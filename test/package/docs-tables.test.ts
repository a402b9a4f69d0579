import { readFileSync } from "node:fs";
import { join } from "node:path";
import { SessionError, type SessionErrorCode } from "coatcheck";
import { describe, expect, test } from "vitest";
import { Declarations } from "../support/package/doc-comments.ts";
import { listEntryPoints } from "../support/package/entry-points.ts";
import { root } from "../support/package/manifest.ts";

const fileOf = (path: string): string => join(root, path.replace(/\.js$/, ".d.ts"));
const entries = listEntryPoints().open;
const index = fileOf("dist/index.js");
const declarations = new Declarations(entries.map(({ file }) => fileOf(file)));

/** The rows of a page's tables whose first cell is one piece of code: that, and the second cell. */
function rowsOf(page: string, heading = ""): Map<string, string> {
  const text = readFileSync(join(root, page), "utf8");
  const [before = "", after = ""] = text.split(/^## The cookie$/m);
  const part = heading === "The cookie" ? after : before;
  return new Map([...part.matchAll(/^\| `([^`]+)` \| (.*?) \|/gm)].map(([, name, cell]) => [name!, cell!]));
}

describe("the page of options", () => {
  /** How page and comment spell the same default. */
  const plain = (text: string): string =>
    text
      .replaceAll(/[`,]/g, "")
      .replaceAll(/\s+/g, " ")
      .replace(/^the name\b/, "name");

  test.each([
    ["SessionsOptions", ""],
    ["CookieAttributes", "The cookie"],
  ])("docs/options.md has every member of %s with its default, and no other", (type, heading) => {
    const inTypes = declarations.defaultsOf(index, type);
    const inPage = rowsOf("docs/options.md", heading);
    expect([...inPage.keys()].sort()).toEqual([...inTypes.keys()].sort());
    // The comment may say more than the cell.
    for (const [name, cell] of inPage) {
      const tag = inTypes.get(name);
      expect(plain(tag ?? "").slice(0, plain(cell).length), name).toBe(plain(cell));
    }
  });
});

test("docs/errors.md has every code with its status, and no other", () => {
  const codes = declarations.stringsOf(index, "SessionErrorCode") as SessionErrorCode[];
  const statuses = codes.map((code) => [code, String(new SessionError(code, "").status)] as const);
  expect(Object.fromEntries(rowsOf("docs/errors.md"))).toEqual(Object.fromEntries(statuses));
});

test("every name that the package exports has a doc comment", () => {
  const bare = entries.flatMap(({ specifier, file }) => {
    return declarations.undocumented(fileOf(file)).map((name) => `${specifier}: ${name}`);
  });
  expect(bare).toEqual([]);
});
