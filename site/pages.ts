import { execFileSync } from "node:child_process";
import { cpSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeText } from "./files.ts";
import { addressOf, layOut } from "./layout.ts";
import type { Chapter } from "./llms.ts";
import { sections } from "./sections.ts";
import { headingOf, IMAGES, pageText } from "./text.ts";

export const root: string = fileURLToPath(new URL("..", import.meta.url));
/** What VitePress reads: made from the Markdown of the repository, and not kept. */
export const pagesFolder: string = join(root, "site/.cache/pages");

interface Manifest {
  readonly version: string;
  readonly description: string;
  readonly repository?: { readonly url: string };
}

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
export const summary: string = `${manifest.description}.`;

/** All Markdown files of the repository that are not ignored, as paths from its root. */
export function markdownFiles(): string[] {
  const options = ["ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.md"];
  const paths = execFileSync("git", options, { cwd: root, encoding: "utf8" }).split("\0").filter(Boolean);
  return paths.filter((path) => existsSync(join(root, path)));
}

/** The pages as they read in the site, by section. */
export function readChapters(): Chapter[] {
  const shelves = layOut(sections, markdownFiles());
  const known = new Set(["README.md", ...shelves.flatMap(({ entries }) => entries.map(({ path }) => path))]);
  const address = manifest.repository?.url.replace(/^git\+/, "").replace(/\.git$/, "");
  const repository = { root, tag: `v${manifest.version}`, address };
  return shelves.map(({ title, entries }) => ({
    title,
    pages: entries.map(({ path, name }) => {
      const text = readFileSync(join(root, path), "utf8");
      return {
        address: addressOf(path),
        title: name ?? headingOf(text),
        text: pageText(text, path, known, repository),
      };
    }),
  }));
}

/** Writes the pages for VitePress, with the sidebar; `reference` is the chapter that typedoc has made there. */
export function writePages(chapters: readonly Chapter[]): void {
  for (const { address, text } of chapters.flatMap(({ pages }) => pages)) writeText(join(pagesFolder, address), text);
  cpSync(join(root, "site/home.md"), join(pagesFolder, "index.md"));
  cpSync(join(root, "examples/express/assets/icon.svg"), join(pagesFolder, "public/icon.svg"));
  cpSync(join(root, IMAGES), join(pagesFolder, "images"), { recursive: true });
  const sidebar = chapters.map(({ title, pages }, at) => ({
    text: title,
    collapsed: at > 0,
    items: pages.map((page) => ({ text: page.title, link: `/${page.address.replace(/\.md$/, "")}` })),
  }));
  writeText(join(pagesFolder, "sidebar.json"), JSON.stringify(sidebar));
}
