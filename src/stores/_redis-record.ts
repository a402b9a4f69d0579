import type { RecordKey, StoredRecord } from "../core/store.ts";
import { fromText } from "./_plain-text.ts";
import type { Call } from "./_redis-call.ts";
import type { RedisConnection } from "./_redis-connection.ts";
import { replyCode } from "./_redis-errors.ts";

// A client sends text as UTF-8, which cannot hold half of a surrogate pair; SQL stores write such text in the same way.
export { fromText, toText } from "./_plain-text.ts";

/** The fields of a hash that make a record. */
const fields = ["version", "body", "userId", "createdAt", "lastSeenAt", "expiresAt"] as const;

/** A live record; undefined for what is none of ours. */
export async function readRecord(
  connection: RedisConnection,
  place: string,
  { namespace, id }: RecordKey,
  now: number,
  call: Call,
): Promise<StoredRecord | undefined> {
  const [version, body, userId, ...times] = await readFields(connection, place, fields, call);
  const [createdAt = Number.NaN, lastSeenAt = Number.NaN, expiresAt = Number.NaN] = times.map(toNumber);
  const record = {
    namespace,
    id,
    version: toNumber(version),
    body: fromText(body ?? ""),
    createdAt,
    lastSeenAt,
    expiresAt,
  };
  if (typeof body !== "string" || !(expiresAt > now)) return undefined;
  if (Number.isNaN(record.version + createdAt + lastSeenAt)) return undefined;
  return typeof userId === "string" ? { ...record, userId: fromText(userId) } : record;
}

export type Field = string | null | undefined;

/** Nothing for a key that holds something else than a hash. */
export async function readFields(
  connection: RedisConnection,
  place: string,
  names: readonly string[],
  call: Call,
): Promise<readonly Field[]> {
  try {
    return (await connection.send(place, ["HMGET", place, ...names], call)) as Field[];
  } catch (error) {
    if (error instanceof Error && replyCode(error.cause) === "WRONGTYPE") return [];
    throw error;
  }
}

/** NaN for what is no whole number that the store wrote. */
export const toNumber = (text: Field): number => (/^-?\d{1,16}$/.test(text ?? "") ? Number(text) : Number.NaN);
