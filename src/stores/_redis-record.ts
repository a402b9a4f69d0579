import type { RecordKey, StoredRecord } from "../core/store.ts";
import { fromText } from "./_sql-text.ts";

// A client sends text as UTF-8, which cannot hold half a surrogate pair: written as SQL stores write it.
export { fromText, toText } from "./_sql-text.ts";

/** The fields of a hash that make a record, in the order of `toRecord`. */
export const fields: readonly string[] = ["version", "body", "userId", "createdAt", "lastSeenAt", "expiresAt"];

/** What HMGET gave for the fields; undefined for what is no record of ours, or not alive. */
export function toRecord({ namespace, id }: RecordKey, reply: unknown, now: number): StoredRecord | undefined {
  const [version, body, userId, createdAt, lastSeenAt, expiresAt] = reply as Reply[];
  const record = {
    namespace,
    id,
    version: toWhole(version),
    body: fromText(body ?? ""),
    createdAt: toWhole(createdAt),
    lastSeenAt: toWhole(lastSeenAt),
    expiresAt: toWhole(expiresAt),
  };
  if (typeof body !== "string" || !(record.expiresAt > now)) return undefined;
  if (Number.isNaN(record.version + record.createdAt + record.lastSeenAt)) return undefined;
  return typeof userId === "string" ? { ...record, userId: fromText(userId) } : record;
}

type Reply = string | null | undefined;

/** NaN for what is no whole number that the store wrote. */
export const toWhole = (text: Reply): number => (/^-?\d{1,16}$/.test(text ?? "") ? Number(text) : Number.NaN);
