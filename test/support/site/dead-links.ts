import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";

const LINK = /<a [^>]*href="([^"#]*)(?:#([^"]*))?"/g;

/** One sentence for each link of built pages that leads to no file, or to no place in its page. */
export function deadLinksIn(folder: string): string[] {
  const files = new Set(readdirSync(folder, { recursive: true, encoding: "utf8" }));
  const pages = new Map(
    [...files].filter((file) => file.endsWith(".html")).map((file) => [file, readPage(folder, file)]),
  );
  return [...pages].flatMap(([page, { links }]) =>
    links.flatMap(([target, anchor]) => {
      if (/^[a-z]+:/.test(target)) return [];
      const path = target === "" ? page : join("/", target.startsWith("/") ? "" : dirname(page), target).slice(1);
      const file = path === "" || path.endsWith("/") ? `${path}index.html` : path;
      if (!files.has(file)) return [`${page}: ${target} does not exist`];
      const isThere = anchor === undefined || pages.get(file)?.ids.has(decodeURIComponent(anchor));
      return isThere ? [] : [`${page}: ${file} has no ${anchor}`];
    }),
  );
}

function readPage(
  folder: string,
  file: string,
): { links: (readonly [string, string | undefined])[]; ids: Set<string> } {
  const html = readFileSync(join(folder, file), "utf8");
  const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!));
  return { links: [...html.matchAll(LINK)].map(([, target, anchor]) => [target!, anchor] as const), ids };
}
