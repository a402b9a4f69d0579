import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What the reader types into a file. */
export function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/**
 * Changes a file as a reader follows a diff: finds the lines without a sign and those with a minus, and puts the others
 * between them. A line `…` skips any number of lines, and one that ends with `…` is recognised by its beginning.
 */
export function change(folder: string, path: string, diff: readonly string[]): void {
  const before = readFileSync(join(folder, path), "utf8").split("\n");
  const after: string[] = [];
  let at = 0;
  for (const hunk of hunksOf(diff)) {
    const known = hunk.filter((line) => !line.startsWith("+")).map((line) => line.slice(1));
    const start = placeOf(known, before, at);
    const isOnly = start >= 0 && placeOf(known, before, start + 1) < 0;
    if (!isOnly) throw new Error(`${path} must have this in exactly one place:\n${known.join("\n")}`);
    after.push(...before.slice(at, start));
    at = start;
    for (const line of hunk) {
      if (line.startsWith("+")) after.push(line.slice(1));
      else if (line.startsWith("-")) at++;
      else after.push(before[at++]!);
    }
  }
  writeFileSync(join(folder, path), [...after, ...before.slice(at)].join("\n"));
}

function hunksOf(diff: readonly string[]): string[][] {
  const hunks: string[][] = [[]];
  for (const line of diff) {
    if (line === " …") hunks.push([]);
    else hunks.at(-1)!.push(line);
  }
  return hunks;
}

function placeOf(known: readonly string[], lines: readonly string[], from: number): number {
  const isHere = (at: number): boolean => known.every((line, n) => isLike(line, lines[at + n]));
  return lines.findIndex((_, at) => at >= from && isHere(at));
}

function isLike(known: string, line: string | undefined): boolean {
  return known.endsWith("…") ? line?.startsWith(known.slice(0, -1)) === true : line === known;
}
