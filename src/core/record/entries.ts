/**
 * The data part of a session: encoded values by name. A name is a mark and the application's own word, so that nothing
 * an application chooses (`__proto__`, the empty key) can meet what the library keeps beside it.
 */
export type Entries = ReadonlyMap<string, string>;

export const noEntries: Entries = new Map();

const dataMark = ".";
const flashMark = "!";

export const dataName = (key: string): string => dataMark + key;
export const flashName = (channel: string): string => flashMark + channel;
export const isData = (name: string): boolean => name.startsWith(dataMark);
export const wordOf = (name: string): string => name.slice(1);

/**
 * Text form: one line of JSON, `[name, length, name, length, …]`, and behind it the encoded values without a gap. A
 * value that nobody asks for is never parsed, and one that did not change is copied as it is.
 */
export function formatEntries(entries: Entries): string {
  const index: (string | number)[] = [];
  let values = "";
  for (const [name, text] of entries) {
    index.push(name, text.length);
    values += text;
  }
  return `${JSON.stringify(index)}\n${values}`;
}

/** `undefined` when the text was not written by `formatEntries`. */
export function parseEntries(text: string): Entries | undefined {
  const end = text.indexOf("\n");
  const index: unknown = end === -1 ? undefined : JSON.parse(text.slice(0, end));
  if (!Array.isArray(index)) return undefined;
  const entries = new Map<string, string>();
  let at = end + 1;
  for (let i = 0; i < index.length; i += 2) {
    const name: unknown = index[i];
    const length: unknown = index[i + 1];
    if (typeof name !== "string" || typeof length !== "number") return undefined;
    entries.set(name, text.slice(at, at + length));
    at += length;
  }
  return at === text.length ? entries : undefined;
}
