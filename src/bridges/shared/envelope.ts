import { sha256 } from "#crypto";
import { decodeBase64url } from "../../crypto/base64url.ts";
import type { RecordKey, StoredRecord } from "../../types/store.ts";

/** Tells our texts from those of others; the number is that of the format. */
const mark = "coatcheck:1:";

/** Characters of a digest, which is the last part of a place. */
export const digestLength = 64;

/**
 * Where a record lies: the prefix and the SHA-256 of its key in hexadecimal digits. Distinct keys never meet, whatever a
 * store or its file system makes of upper case, separators and length.
 */
export async function storageKey(prefix: string, { namespace, id }: RecordKey): Promise<string> {
  const digest = decodeBase64url(await sha256(JSON.stringify([namespace, id])));
  return prefix + Array.from(digest ?? [], (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * A record as one text. JSON spells NUL and halves of surrogate pairs in ASCII, and the mark keeps clever stores from
 * taking it for a value of another type, so it survives every encoding below it.
 */
export function toText({
  namespace,
  id,
  version,
  commitId,
  userId,
  createdAt,
  lastSeenAt,
  expiresAt,
  body,
}: StoredRecord): string {
  return mark + JSON.stringify({ namespace, id, version, commitId, userId, createdAt, lastSeenAt, expiresAt, body });
}

/** `undefined` for everything that `toText` has not written: another format, a torn text, somebody else's value. */
export function fromText(value: unknown): StoredRecord | undefined {
  if (typeof value !== "string" || !value.startsWith(mark)) return undefined;
  try {
    return toRecord(JSON.parse(value.slice(mark.length)));
  } catch {
    return undefined;
  }
}

function toRecord(value: unknown): StoredRecord | undefined {
  const { namespace, id, version, commitId, userId, createdAt, lastSeenAt, expiresAt, body } = Object(
    value,
  ) as StoredRecord;
  const texts = [namespace, id, commitId, body, userId ?? ""];
  const numbers = [version, createdAt, lastSeenAt, expiresAt];
  if (!texts.every((text) => typeof text === "string") || !numbers.every(Number.isFinite)) return undefined;
  const record = { namespace, id, version, commitId, body, createdAt, lastSeenAt, expiresAt };
  return userId === undefined ? record : { ...record, userId };
}
