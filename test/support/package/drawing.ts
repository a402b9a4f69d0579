const ARROW = /^([\w*./-]+) +-->(?: +(.*))?$/;

/** The arrows that a page draws, one line for each folder: `a --> b, core/{c, d}` is `{ a: ["b", "core/c", "core/d"] }`. */
export function arrowsOf(page: string): Record<string, string[]> {
  const drawn = page.split("\n").flatMap((line) => {
    const [, from, targets = ""] = ARROW.exec(line) ?? [];
    return from === undefined ? [] : [[from, expand(targets)] as const];
  });
  return Object.fromEntries(drawn);
}

function expand(targets: string): string[] {
  const flat = targets.replace(/([\w/]+)\{([^}]*)\}/g, (_, folder: string, names: string) =>
    names.replace(/[\w*-]+/g, (name) => folder + name),
  );
  return flat.split(",").flatMap((name) => name.trim() || []);
}
