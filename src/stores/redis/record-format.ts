import type { RecordKey, StoredRecord } from "../../types/store.ts";
import { fromText, toText } from "../shared/plain-text.ts";
import { escaped, unescaped } from "./keys.ts";

// A record is one string: a line of fields, then the body. All fields but the last two are at fixed offsets, so that a script
// changes them in place. A string needs little more than half of the memory of a hash in Redis, and is read, created and
// written faster.
//
// coatcheck1  version  createdAt  expiresAt  lastSeenAt  indexedUntil  nonce  commitId  user
//         10       18         18         18          18            18      9

export const magic = "coatcheck1";
const width = 18;

/** Byte offsets of the fields, from 0. Everything before the body is ASCII. */
export const offsets = {
  createdAt: 28,
  expiresAt: 46,
  lastSeenAt: 64,
  indexedUntil: 82,
  nonce: 100,
  commit: 109,
} as const;

/** Formats a number as a field; `undefined` becomes "-". */
export const field = (value: number | undefined): string => String(value ?? "-").padStart(width);

/** Returns the first bytes of a record of this version. */
export const versionPrefix = (version: number): string => magic + field(version);

export const commitField = (commitId: string): string => ` ${commitId} `;

/** Formats the last field, with the end of the line. */
export const userField = (userId: string | undefined): string =>
  userId === undefined ? "-\n" : `=${escaped(userId)}\n`;

/** Formats a record. `nonce`: 8 random characters, by which a repeated `create` recognises its own record. */
export function formatRecord(record: StoredRecord, indexedUntil: number | undefined, nonce: string): string {
  const { version, commitId, createdAt, expiresAt, lastSeenAt, userId, body } = record;
  const times = [createdAt, expiresAt, lastSeenAt, indexedUntil].map(field).join("");
  return `${versionPrefix(version)}${times} ${nonce}${commitField(commitId)}${userField(userId)}${toText(body)}`;
}

/** Parses the fields at fixed offsets. Returns `undefined` for anything that is not a record of this store. */
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

/** Parses the fields after those: the commit that wrote the record, and its user. */
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

/** Returns NaN for anything but an integer that the store wrote. */
const toNumber = (text: string): number => (/^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN);
