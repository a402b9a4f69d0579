export interface CodeBlock {
  readonly language: string;
  /** The words after the language. */
  readonly marks: readonly string[];
  /** The line of the first line of code, counted from 1. */
  readonly line: number;
  readonly code: string;
  /** The last line with text before the block. */
  readonly before: string;
}

export interface Link {
  readonly line: number;
  readonly target: string;
}

export interface Page {
  readonly blocks: readonly CodeBlock[];
  readonly links: readonly Link[];
  /** What a link can name after `#`, spelled as GitHub does. */
  readonly anchors: ReadonlySet<string>;
}

const FENCE = /^ *(`{3,}|~{3,}) *([^\s`]*)([^`]*)$/;
const LINK = /\]\(<?([^)\s>]+)|^ *\[[^\]]+\]: *<?([^\s>]+)|(?:href|src)="([^"]+)"/g;

export function parsePage(text: string): Page {
  const blocks: CodeBlock[] = [];
  const links: Link[] = [];
  const anchors = new Set<string>();
  const lines = text.split("\n");
  let before = "";

  for (let n = 0; n < lines.length; n++) {
    const line = lines[n]!;
    const fence = FENCE.exec(line);
    if (fence !== null) {
      const [, marker, language, marks] = fence;
      const end = lines.findIndex((other, at) => at > n && other.trim() === marker);
      const code = lines.slice(n + 1, end < 0 ? undefined : end).join("\n");
      blocks.push({
        language: language!,
        marks: marks!.trim().split(/\s+/).filter(Boolean),
        line: n + 2,
        code,
        before,
      });
      n = end < 0 ? lines.length : end;
      continue;
    }
    const prose = line.replace(/`[^`]*`/g, "");
    for (const [, inline, reference, html] of prose.matchAll(LINK)) {
      links.push({ line: n + 1, target: (inline ?? reference ?? html)! });
    }
    const heading = /^#{1,6} +(.+?) *#*$/.exec(line);
    if (heading !== null) addAnchor(anchors, heading[1]!);
    if (line.trim() !== "") before = line;
  }
  return { blocks, links, anchors };
}

function addAnchor(anchors: Set<string>, heading: string): void {
  const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
  const slug = words.replace(/[^\p{L}\p{N}\s_-]/gu, "").replaceAll(" ", "-");
  let name = slug;
  for (let n = 1; anchors.has(name); n++) name = `${slug}-${n}`;
  anchors.add(name);
}
