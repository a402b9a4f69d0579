import { SessionError } from "../../types/errors.ts";
import { type Entries, isData, wordOf } from "./entries.ts";

/**
 * Rejects data of more than `maxBytes`, unless it is no larger than the stored data: lowering the limit must not block
 * existing sessions.
 *
 * @throws SessionError SESSION_TOO_LARGE
 */
export function checkSize(entries: Entries, stored: Entries | undefined, maxBytes: number): void {
  const size = byteLength(entries, stored, maxBytes);
  if (size <= maxBytes || (stored && size <= byteLength(stored, undefined, maxBytes))) return;
  throw new SessionError(
    "SESSION_TOO_LARGE",
    `The session would take ${size} bytes and may take ${maxBytes} (maxBytes), so nothing was stored. The largest keys: ${largestKeys(entries)}. Keep large values in your own database and their ids in the session.`,
  );
}

/** Returns the keys that take the most space, with their sizes, for error messages. */
export function largestKeys(entries: Entries): string {
  return [...entries]
    .map(([name, text]) => ({ word: `${isData(name) ? "" : "flash "}${wordOf(name)}`, size: text.length }))
    .sort((a, b) => b.size - a.size)
    .slice(0, 3)
    .map(({ word, size }) => `${JSON.stringify(word)} (${size})`)
    .join(", ");
}

const utf8 = new TextEncoder();

/** The exact sizes of data that was measured, so that a change is measured by its difference. */
const measured = new WeakMap<Entries, number>();

/** Exact only near the limit: a string has at most three bytes of UTF-8 per UTF-16 code unit. */
function byteLength(entries: Entries, before: Entries | undefined, limit: number): number {
  let units = 0;
  for (const [name, text] of entries) units += name.length + text.length;
  return units * 3 <= limit ? units : exactLength(entries, before);
}

function exactLength(entries: Entries, before: Entries | undefined): number {
  const known = measured.get(entries);
  if (known !== undefined) return known;
  let bytes = before ? exactLength(before, undefined) : 0;
  for (const [name, text] of entries) if (before?.get(name) !== text) bytes += bytesOf(name, text);
  for (const [name, text] of before ?? []) if (entries.get(name) !== text) bytes -= bytesOf(name, text);
  measured.set(entries, bytes);
  return bytes;
}

const bytesOf = (name: string, text: string): number => utf8.encode(name).length + utf8.encode(text).length;
