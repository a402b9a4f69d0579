import { join } from "node:path";
import { writeText } from "./files.ts";

export interface SitePage {
  readonly address: string;
  readonly title: string;
  readonly text: string;
}

export interface Chapter {
  readonly title: string;
  readonly pages: readonly SitePage[];
}

/** Writes what a language model reads: a list of all pages, all guides in one file, and each page as Markdown. */
export function writeLlms(folder: string, summary: string, chapters: readonly Chapter[]): void {
  const lists = chapters.map(({ title, pages }) => {
    return `## ${title}\n\n${pages.map((page) => `- [${page.title}](${page.address})`).join("\n")}\n`;
  });
  writeText(join(folder, "llms.txt"), [`# coatcheck\n\n> ${summary}\n`, ...lists].join("\n"));
  const pages = chapters.flatMap((chapter) => chapter.pages);
  writeText(
    join(folder, "llms-full.txt"),
    pages.map(({ address, text }) => `<!-- ${address} -->\n\n${text}`).join("\n"),
  );
  for (const { address, text } of pages) writeText(join(folder, address), text);
}
