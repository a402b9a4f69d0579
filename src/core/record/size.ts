import { SessionError } from "../../types/errors.ts";
import { type Entries, isData, wordOf } from "./entries.ts";

/**
 * Refuses data that takes more than `most` bytes, unless it takes no more than what is stored already: who lowers the
 * limit locks nobody out.
 *
 * @throws SessionError SESSION_TOO_LARGE
 */
export function checkSize(entries: Entries, stored: Entries | undefined, most: number): void {
  const size = byteLength(entries, most);
  if (size <= most || (stored && size <= byteLength(stored, most))) return;
  throw new SessionError(
    "SESSION_TOO_LARGE",
    `The session would take ${size} bytes and may take ${most} (maxBytes), so nothing was stored. The largest keys: ${largestKeys(entries)}. Keep big things in a table of your own and their id in the session.`,
  );
}

/** For error messages: the keys that take the most room, with their sizes. */
export function largestKeys(entries: Entries): string {
  return [...entries]
    .map(([name, text]) => ({ word: `${isData(name) ? "" : "flash "}${wordOf(name)}`, size: text.length }))
    .sort((a, b) => b.size - a.size)
    .slice(0, 3)
    .map(({ word, size }) => `${JSON.stringify(word)} (${size})`)
    .join(", ");
}

const utf8 = new TextEncoder();

/** Exact where it matters: a text has at most three bytes of UTF-8 for each of its units. */
function byteLength(entries: Entries, limit: number): number {
  let units = 0;
  for (const [name, text] of entries) units += name.length + text.length;
  if (units * 3 <= limit) return units;
  let bytes = 0;
  for (const [name, text] of entries) bytes += utf8.encode(name).length + utf8.encode(text).length;
  return bytes;
}
