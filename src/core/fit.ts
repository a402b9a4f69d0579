import { encodeValue } from "./codec.ts";
import { dataName, type Entries, isData, noEntries, wordOf } from "./entries.ts";
import { SessionError } from "./errors.ts";
import type { Codec } from "./options.ts";
import type { SessionState } from "./record.ts";
import { problemsOf, runSchema, type StandardSchema } from "./schema.ts";

/** What the data of a session has to fit. */
export interface Shape {
  readonly schema: StandardSchema<object> | undefined;
  readonly codec: Codec;
  readonly maxBytes: number;
}

/** Data as the schema wants it, or the reason why it does not fit. Without a schema everything fits. */
export function fitSchema(entries: Entries, config: Shape): { entries: Entries } | { problem: string } {
  const { schema, codec } = config;
  if (!schema) return { entries };
  const data: Record<string, unknown> = Object.create(null);
  for (const [name, text] of entries) if (isData(name)) data[wordOf(name)] = codec.decode(text);
  const result = runSchema(schema, { ...data });
  const problem = problemsOf(result);
  if (problem !== undefined || result.issues) return { problem: problem ?? "" };
  const next = new Map([...entries].filter(([name]) => !isData(name)));
  for (const [key, value] of Object.entries(result.value)) next.set(dataName(key), encodeValue(codec, key, value));
  return { entries: sameEntries(next, entries) ? entries : next };
}

/** What a session holds before anything was written. */
export function blankEntries(shape: Shape): Entries {
  const fitted = fitSchema(noEntries, shape);
  return "entries" in fitted ? fitted.entries : noEntries;
}

/** A state as the schema wants it, for working on. @throws SessionError INVALID_DATA */
export function fitOnLoad(state: SessionState, config: Shape): SessionState {
  const fitted = fitSchema(state.entries, config);
  if ("problem" in fitted) throw invalidData(fitted.problem);
  return fitted.entries === state.entries ? state : { ...state, entries: fitted.entries };
}

/** The same, for data that is about to be stored. @throws SessionError INVALID_DATA, SESSION_TOO_LARGE */
export function fitForStore(entries: Entries, config: Shape): Entries {
  const fitted = fitSchema(entries, config);
  if ("problem" in fitted) throw invalidData(fitted.problem);
  const size = byteLength(fitted.entries, config.maxBytes);
  if (size <= config.maxBytes) return fitted.entries;
  throw new SessionError(
    "SESSION_TOO_LARGE",
    `The session would take ${size} bytes and may take ${config.maxBytes} (maxBytes), so nothing was stored. The largest keys: ${largestKeys(fitted.entries)}. Keep big things in a table of your own and their id in the session.`,
  );
}

function invalidData(problem: string): SessionError {
  const message = `The session's data does not fit its schema, so nothing was stored: ${problem}`;
  return new SessionError("INVALID_DATA", message);
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

function sameEntries(a: Entries, b: Entries): boolean {
  if (a.size !== b.size) return false;
  for (const [name, text] of a) if (b.get(name) !== text) return false;
  return true;
}
