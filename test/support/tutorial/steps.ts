import { parsePage } from "../package/markdown.ts";

/** What a step of the tutorial has the reader do. */
export type Action =
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  | { readonly kind: "diff"; readonly path: string; readonly lines: readonly string[] }
  | Command;

export interface Command {
  readonly kind: "command";
  readonly line: string;
  readonly prints: string[];
}

export interface Step {
  readonly title: string;
  readonly actions: readonly Action[];
}

/**
 * Reads a tutorial as its reader does. A block below a line that begins with a file's name in bold code is that file, or a
 * change of it if it is a `diff`. A `sh` block holds commands; a `text` block right after it, what they print among other
 * things. Whatever else is in a block is for the reader alone.
 */
export function readSteps(text: string): Step[] {
  const sections = text.split(/^## (?=\d+\. )/m).slice(1);
  return sections.map((section) => {
    const [title = ""] = section.split("\n", 1);
    const actions: Action[] = [];
    let command: Command | undefined;
    for (const { language, code, before } of parsePage(section).blocks) {
      const [, path] = /^\*\*`([\w./-]+)`\*\*/.exec(before) ?? [];
      if (language === "text") {
        command?.prints.push(...code.split("\n"));
        command = undefined;
      } else if (language === "sh") {
        const commands = code.split("\n").map((line): Command => ({ kind: "command", line, prints: [] }));
        actions.push(...commands);
        command = commands.at(-1);
      } else if (language === "diff") {
        actions.push({ kind: "diff", path: named(path, title), lines: code.split("\n") });
      } else {
        actions.push({ kind: "file", path: named(path, title), text: `${code}\n` });
      }
    }
    return { title, actions };
  });
}

function named(path: string | undefined, title: string): string {
  if (path === undefined) throw new Error(`A block of "${title}" does not say which file it is.`);
  return path;
}
