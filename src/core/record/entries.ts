/**
 * The data of a session: encoded values by name. A name is a mark followed by the application's key, so that no key
 * (`__proto__`, the empty string) collides with the library's own entries.
 */
export type Entries = ReadonlyMap<string, string>;

export const noEntries: Entries = new Map();

const dataMark = ".";
const flashMark = "!";

export const dataName = (key: string): string => dataMark + key;
export const flashName = (channel: string): string => flashMark + channel;
export const isData = (name: string): boolean => name.startsWith(dataMark);
export const wordOf = (name: string): string => name.slice(1);

/** Encoded values in one string, and `[name, length, name, length, …]` to find each in it. */
export interface FlatEntries {
  readonly index: readonly (string | number)[];
  readonly values: string;
}

export function flatten(entries: Entries): FlatEntries {
  const index: (string | number)[] = [];
  let values = "";
  for (const [name, text] of entries) {
    index.push(name, text.length);
    values += text;
  }
  return { index, values };
}

/** Reads values that begin at `at` and end with the text. Returns `undefined` if the index is not theirs. */
export function unflatten(index: unknown, text: string, at: number): Entries | undefined {
  if (!Array.isArray(index)) return undefined;
  const entries = new Map<string, string>();
  let start = at;
  for (let i = 0; i < index.length; i += 2) {
    const name: unknown = index[i];
    const length: unknown = index[i + 1];
    if (typeof name !== "string" || typeof length !== "number") return undefined;
    entries.set(name, text.slice(start, start + length));
    start += length;
  }
  return start === text.length ? entries : undefined;
}

/**
 * Formats entries as one line of JSON, the index, followed by the concatenated encoded values. A value that is not read is
 * never parsed, and one that did not change is copied unchanged.
 */
export function formatEntries(entries: Entries): string {
  const { index, values } = flatten(entries);
  return `${JSON.stringify(index)}\n${values}`;
}

/** Parses the output of `formatEntries`. Returns `undefined` for any other string. */
export function parseEntries(text: string): Entries | undefined {
  const end = text.indexOf("\n");
  return end === -1 ? undefined : unflatten(JSON.parse(text.slice(0, end)), text, end + 1);
}
