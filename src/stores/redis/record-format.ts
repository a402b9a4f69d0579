import type { RecordKey, StoredRecord } from "../../types/store.ts";
import { fromText, toText } from "../shared/plain-text.ts";
import { escaped, unescaped } from "./keys.ts";

// A record is one string: a line whose fields but the last two stand at fixed places, so that a script changes them where they
// are, and behind it the body. As a string Redis keeps it in little more than half of the memory of a hash, and reads, makes and writes
// it faster.
//
// coatcheck1  version  createdAt  expiresAt  lastSeenAt  indexedUntil  nonce  commitId  user
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
  commit: 109,
} as const;

/** A number as a field; without one, that there is none. */
export const field = (value: number | undefined): string => String(value ?? "-").padStart(width);

/** What a record of this version begins with. */
export const beginning = (version: number): string => magic + field(version);

export const commitField = (commitId: string): string => ` ${commitId} `;

/** The last field, with the end of the line. */
export const userField = (userId: string | undefined): string =>
  userId === undefined ? "-\n" : `=${escaped(userId)}\n`;

/** `nonce`: 8 characters that tell who made the record. */
export function formatRecord(record: StoredRecord, indexedUntil: number | undefined, nonce: string): string {
  const { version, commitId, createdAt, expiresAt, lastSeenAt, userId, body } = record;
  const times = [createdAt, expiresAt, lastSeenAt, indexedUntil].map(field).join("");
  return `${beginning(version)}${times} ${nonce}${commitField(commitId)}${userField(userId)}${toText(body)}`;
}

/** What stands at fixed places in the line; undefined for what is none of ours. */
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

/** What stands behind that: which commit made the record, and whose it is. */
export function parseRest(line: string): Pick<StoredRecord, "commitId" | "userId"> | undefined {
  const [, commitId, user] = /^ ([\w-]{1,64}) (?:-|=([^\n]*))/.exec(line.slice(offsets.commit)) ?? [];
  if (commitId === undefined) return undefined;
  return user === undefined ? { commitId } : { commitId, userId: unescaped(user) };
}

export function parseRecord({ namespace, id }: RecordKey, text: string): StoredRecord | undefined {
  const end = text.indexOf("\n", offsets.commit);
  if (end < 0) return undefined;
  const line = text.slice(0, end);
  const [times, rest] = [parseTimes(line), parseRest(line)];
  return times && rest && { namespace, id, ...times, ...rest, body: fromText(text.slice(end + 1)) };
}

/** NaN for what is no whole number that the store wrote. */
const toNumber = (text: string): number => (/^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN);
