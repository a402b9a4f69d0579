import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path/posix";
import { absoluteLink, changeLinks } from "../scripts/absolute-links.js";
import { addressOf } from "./layout.ts";

export interface Repository {
  readonly root: string;
  readonly tag: string;
  /** Missing while the repository has no public address. */
  readonly address: string | undefined;
}

/** Pictures of pages; the site has them under the same path, without "docs". */
export const IMAGES = "docs/images/";
/** A name that nobody can have, for links that `withoutLinks` takes out again. */
const NOWHERE = "https://repository.invalid";
const DEAD = /\[((?:`[^`]*`|[^[\]`])*)\]\(https:\/\/repository\.invalid\/[a-z]+\/[^/]+\/([^)#]+)[^)]*\)/g;

/**
 * The Markdown of a file as a page of the site. A link to a file that is a page leads to that page, and every other one
 * into the repository; without a public address, the path stands there instead. Pictures are on the site, too.
 */
export function pageText(text: string, path: string, pages: ReadonlySet<string>, repository: Repository): string {
  const { root, tag, address = NOWHERE } = repository;
  const changed = changeLinks(text, (link, isImage) => {
    const [file = "", ...anchor] = link.split(/(?=#)/);
    const goal = join(dirname(path), file).replace(/\/$/, "");
    const page = [goal, `${goal}/README.md`].find((candidate) => pages.has(candidate));
    if (page !== undefined) return relative(dirname(`/${addressOf(path)}`), `/${addressOf(page)}`) + anchor.join("");
    if (!existsSync(join(root, goal))) throw new Error(`${path}: ${link} does not exist`);
    if (isImage && goal.startsWith(IMAGES))
      return relative(dirname(`/${addressOf(path)}`), `/${goal.slice("docs/".length)}`);
    return absoluteLink(link, isImage, { path, root, tag, address });
  });
  return changed.replaceAll(DEAD, (_, label: string, goal: string) => {
    return label.includes(goal) ? label : `${label} (\`${goal}\`)`;
  });
}

/** The heading of a page, without code marks. */
export function headingOf(text: string): string {
  const heading = /^# +(.+)$/m.exec(text)?.[1];
  if (heading === undefined) throw new Error(`a page has no heading:\n${text.slice(0, 200)}`);
  return heading.replaceAll("`", "");
}
