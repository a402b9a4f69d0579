import type { RecordKey, StoredRecord } from "../core/store.ts";
import { fromText, toText } from "./_plain-text.ts";
import { escaped, unescaped } from "./_redis-keys.ts";

// A record is one string: a line whose fields but the last stand at fixed places, so that a script changes them where they
// are, and behind it the body. As a string Redis keeps it in little more than half of the memory of a hash, and reads, makes and writes
// it faster.
//
// coatcheck1  version  createdAt  expiresAt  lastSeenAt  indexedUntil  nonce  user
//         10       18         18         18          18            18      9

export const magic = "coatcheck1";
const width = 18;

/** Where the fields are, counted in bytes from 0. All that is in front of the body is ASCII. */
export const offsets = {
  createdAt: 28,
  expiresAt: 46,
  lastSeenAt: 64,
  indexedUntil: 82,
  nonce: 100,
  user: 109,
} as const;

/** A number as a field; without one, that there is none. */
export const field = (value: number | undefined): string => String(value ?? "-").padStart(width);

/** What a record of this version begins with. */
export const beginning = (version: number): string => magic + field(version);

/** The last field, with the end of the line. */
export const userField = (userId: string | undefined): string =>
  userId === undefined ? " -\n" : ` =${escaped(userId)}\n`;

/** `nonce`: 8 characters that tell who made the record. */
export function formatRecord(record: StoredRecord, indexedUntil: number | undefined, nonce: string): string {
  const { version, createdAt, expiresAt, lastSeenAt, userId, body } = record;
  const times = [createdAt, expiresAt, lastSeenAt, indexedUntil].map(field).join("");
  return `${beginning(version)}${times} ${nonce}${userField(userId)}${toText(body)}`;
}

/** What the line says, without its user; undefined for what is none of ours. */
export function parseTimes(
  line: string,
): Pick<StoredRecord, "version" | "createdAt" | "expiresAt" | "lastSeenAt"> | undefined {
  if (!line.startsWith(magic)) return undefined;
  const numberAt = (offset: number): number => toNumber(line.slice(offset, offset + width).trimStart());
  const times = {
    version: numberAt(magic.length),
    createdAt: numberAt(offsets.createdAt),
    expiresAt: numberAt(offsets.expiresAt),
    lastSeenAt: numberAt(offsets.lastSeenAt),
  };
  return Object.values(times).some(Number.isNaN) ? undefined : times;
}

/** Whose record it is, by its line. */
export function parseUser(line: string): string | undefined {
  const [, user] = /^=([^\n]*)/.exec(line.slice(offsets.user + 1)) ?? [];
  return user === undefined ? undefined : unescaped(user);
}

export function parseRecord({ namespace, id }: RecordKey, text: string): StoredRecord | undefined {
  const times = parseTimes(text);
  const end = text.indexOf("\n", offsets.user);
  if (!times || end < 0) return undefined;
  const userId = parseUser(text.slice(0, end));
  const record = { namespace, id, ...times, body: fromText(text.slice(end + 1)) };
  return userId === undefined ? record : { ...record, userId };
}

/** NaN for what is no whole number that the store wrote. */
const toNumber = (text: string): number => (/^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN);
