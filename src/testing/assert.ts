/** Assertions that need no test framework, so that a contract can be checked by any of them. */

export function fail(message: string): never {
  throw new Error(message);
}

export function same(actual: unknown, expected: unknown, what: string): void {
  const [is, wanted] = [show(actual), show(expected)];
  if (is !== wanted) fail(`${what}: expected ${wanted}, got ${is}`);
}

/**
 * Returns the same string for equal plain values: sorts keys, omits undefined, shortens long strings to length and hash.
 */
function show(value: unknown): string {
  if (value === undefined) return "undefined";
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === "string" && part.length > 200) return `${part.length} characters, ${digest(part)}`;
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** FNV-1a over UTF-16 code units. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16);
}
