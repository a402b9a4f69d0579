import { dirname, join } from "node:path/posix";

const CODE = /`([^`\n]+)`/g;
const PATH = /(?<![\w./@-])(?:src|test|scripts|bench|soak|examples|docs)\/[\w./-]*/g;
/** The pages about contributing add a store and a framework that do not exist. */
const MADE_UP = /\/(shelf|plank)\b/;

/**
 * One sentence for each path in backticks that leads to no file or folder. Paths count from the root of the repository,
 * or from the folder of the page.
 */
export function findDeadPaths(texts: ReadonlyMap<string, string>, exists: (path: string) => boolean): string[] {
  return [...texts].flatMap(([page, text]) =>
    withoutBlocks(text).flatMap((line, at) =>
      [...line.matchAll(CODE)]
        .flatMap(([, code = ""]) => code.match(PATH) ?? [])
        .filter((path) => !MADE_UP.test(path) && !exists(path) && !exists(join(dirname(page), path)))
        .map((path) => `${page}:${at + 1}: ${path} does not exist`),
    ),
  );
}

/** The lines of a page; those of its code blocks are empty. */
function withoutBlocks(text: string): string[] {
  let isBlock = false;
  return text.split("\n").map((line) => {
    const isFence = /^ *(```|~~~)/.test(line);
    if (isFence) isBlock = !isBlock;
    return isFence || isBlock ? "" : line;
  });
}
