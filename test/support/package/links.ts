import { dirname, join } from "node:path/posix";
import type { Page } from "./markdown.ts";

const ELSEWHERE = /^([a-z][a-z0-9+.-]*:|\/\/)/i;

/** One sentence for each relative link that leads nowhere. Paths count from the root of the repository. */
export function findDeadLinks(pages: ReadonlyMap<string, Page>, exists: (path: string) => boolean): string[] {
  return [...pages].flatMap(([path, page]) =>
    page.links.flatMap(({ line, target }) => {
      if (ELSEWHERE.test(target)) return [];
      const [file, anchor] = target.split("#", 2);
      const goal = file === "" ? path : join(dirname(path), decodeURI(file!));
      if (goal.startsWith("../") || !exists(goal)) return [`${path}:${line}: ${target} does not exist`];
      const known = pages.get(goal)?.anchors;
      if (anchor === undefined || known === undefined || known.has(anchor)) return [];
      return [`${path}:${line}: ${goal} has no heading for #${anchor}`];
    }),
  );
}
