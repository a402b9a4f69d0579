import { encodeValue } from "./codec.ts";
import type { Config } from "./config.ts";
import { dataName, type Entries, isData, wordOf } from "./entries.ts";
import { SessionError } from "./errors.ts";
import { problemsOf, runSchema } from "./schema.ts";

/** Data as the schema wants it; `undefined` with the reason when it does not fit. Without a schema everything fits. */
export function fitSchema(entries: Entries, config: Config): { entries: Entries } | { problem: string } {
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

/** The same, for data that is about to be stored. @throws SessionError INVALID_DATA, SESSION_TOO_LARGE */
export function fitForStore(entries: Entries, config: Config): Entries {
  const fitted = fitSchema(entries, config);
  if ("problem" in fitted) {
    throw new SessionError(
      "INVALID_DATA",
      `The session's data does not fit its schema, so nothing was stored: ${fitted.problem}`,
    );
  }
  const size = byteLength(fitted.entries);
  if (size <= config.maxBytes) return fitted.entries;
  throw new SessionError(
    "SESSION_TOO_LARGE",
    `The session would take ${size} bytes and may take ${config.maxBytes} (maxBytes), so nothing was stored. The largest keys: ${largestKeys(fitted.entries)}. Keep big things in a table of your own and their id in the session.`,
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

function byteLength(entries: Entries): number {
  let bytes = 0;
  for (const [name, text] of entries) bytes += utf8.encode(name).length + utf8.encode(text).length;
  return bytes;
}

function sameEntries(a: Entries, b: Entries): boolean {
  if (a.size !== b.size) return false;
  for (const [name, text] of a) if (b.get(name) !== text) return false;
  return true;
}
