import { sha256 } from "#crypto";
import { decodeBase64url } from "../../crypto/base64url.ts";
import type { RecordKey, StoredRecord } from "../../types/store.ts";

/** Distinguishes records from foreign values. The number is the version of the format. */
const mark = "coatcheck:1:";

/** The length of the digest at the end of a key, in characters. */
export const digestLength = 64;

/**
 * Returns the backend's key of a record: the prefix and the hexadecimal SHA-256 of the record key. Distinct records never
 * collide, however a backend or its file system treats upper case, separators and length.
 */
export async function storageKey(prefix: string, { namespace, id }: RecordKey): Promise<string> {
  const digest = decodeBase64url(await sha256(JSON.stringify([namespace, id])));
  return prefix + Array.from(digest ?? [], (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Formats a record as one string. JSON escapes NUL and lone surrogates in ASCII, and the mark keeps backends from parsing it
 * as a value of another type, so it survives every encoding of a backend.
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

/** Parses a record. Returns `undefined` for another format, a truncated string or a foreign value. */
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
