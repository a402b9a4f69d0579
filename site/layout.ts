import type { Section } from "./sections.ts";

export interface Entry {
  readonly path: string;
  readonly name: string | undefined;
}

export interface Shelf {
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** The sections with the paths that they stand for. `paths`: of all Markdown files of the repository. */
export function layOut(sections: readonly Section[], paths: readonly string[]): Shelf[] {
  const entries = sections.flatMap(({ pages }) => pages.map(toEntry));
  const named = new Set(entries.map(({ path }) => path));
  const expand = (entry: Entry): Entry[] => {
    if (!entry.path.endsWith("*")) return [entry];
    const prefix = entry.path.slice(0, -1);
    const found = paths.filter((path) => path.startsWith(prefix) && !named.has(path)).toSorted();
    return found.map((path) => ({
      path,
      name: prefix.startsWith("src/") ? path.replace("/README.md", "") : undefined,
    }));
  };
  return sections
    .map(({ title, pages }) => ({ title, entries: pages.flatMap((page) => expand(toEntry(page))) }))
    .filter((shelf) => shelf.entries.length > 0);
}

function toEntry(page: Section["pages"][number]): Entry {
  return typeof page === "string" ? { path: page, name: undefined } : { path: page[0], name: page[1] };
}

/** Where the site has the page of a file. */
export function addressOf(path: string): string {
  if (path === "README.md") return "index.md";
  if (path === "docs/README.md") return "pages.md";
  if (path === "SECURITY.md") return "security-policy.md";
  return path
    .replace(/^docs\//, "")
    .replace(/\/README\.md$/, ".md")
    .toLowerCase();
}
