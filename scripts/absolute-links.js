import { statSync } from "node:fs";
import { dirname, join } from "node:path/posix";

const FENCE = /^ *(`{3,}|~{3,})/;
const LINK = /(\]\(<?|^ *\[[^\]]+\]: *<?|(?:href|src)=")([^)\s>"]+)/g;
const ABSOLUTE = /^(?:[a-z][a-z0-9+.-]*:|\/\/|#)/i;

/**
 * The Markdown `text` with what `change(link, isImage)` returns in place of every relative link. Links within the page and
 * code stay as they are.
 */
export function changeLinks(text, change) {
  const inProse = (line) => {
    // Code in a line is between single backticks; what is outside is at the even places.
    const parts = line.split(/(`[^`]*`)/);
    const prose = (part) =>
      part.replaceAll(LINK, (whole, before, link, at) => {
        if (ABSOLUTE.test(link)) return whole;
        const isImage = before.startsWith("src") || /!\[[^\]]*$/.test(part.slice(0, at));
        return before + change(link, isImage) + whole.slice(before.length + link.length);
      });
    return parts.map((part, at) => (at % 2 === 0 ? prose(part) : part)).join("");
  };
  let fence;
  const lines = text.split("\n").map((line) => {
    const marker = FENCE.exec(line)?.[1];
    if (fence === undefined && marker === undefined) return inProse(line);
    if (fence === undefined) fence = marker;
    else if (line.trim() === fence) fence = undefined;
    return line;
  });
  return lines.join("\n");
}

/** Where `link` of the file `path` leads in the repository at `address`, as it was at `tag`. */
export function absoluteLink(link, isImage, { path, root, address, tag }) {
  const [file, ...anchor] = link.split(/(?=#)/);
  const goal = join(dirname(path), file);
  const kind = isImage ? "raw" : statSync(join(root, goal)).isDirectory() ? "tree" : "blob";
  return `${address}/${kind}/${tag}/${goal}${anchor.join("")}`;
}

/** The Markdown `text` of the file `path`, with every relative link as one to the repository. */
export function absoluteLinks(text, from) {
  return changeLinks(text, (link, isImage) => absoluteLink(link, isImage, from));
}
