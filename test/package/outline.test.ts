import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../support/package/manifest.ts";

/** What a newcomer looks for, in this order; what is special about a framework comes after it. */
const outline = ["Install", "A first session", "Sign-in", "Test", "Deploy"];

/** These stand beside a framework, whose page shows all that. */
const besideOne = ["async-context.md", "socket-io.md", "ws.md"];

const folder = join(root, "docs/frameworks");
const pages = readdirSync(folder).filter((name) => !besideOne.includes(name));

test.each(pages)("docs/frameworks/%s has the outline of all pages about a framework", (name) => {
  const text = readFileSync(join(folder, name), "utf8").replaceAll(/^```.*?^```$/gms, "");
  const headings = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  expect(headings.slice(0, outline.length)).toEqual(outline);
});
