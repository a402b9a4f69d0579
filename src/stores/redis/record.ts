import { isError } from "../../core/language/shape.ts";
import type { RecordKey, StoredRecord } from "../../types/store.ts";
import type { Call } from "./abort.ts";
import type { RedisConnection } from "./connection.ts";
import { replyCode } from "./errors.ts";
import { parseRecord } from "./record-format.ts";

/** Reads a live record. Returns `undefined` if there is none, or if the key holds something else. */
export async function readRecord(
  connection: RedisConnection,
  place: string,
  key: RecordKey,
  now: number,
  call: Call,
): Promise<StoredRecord | undefined> {
  const record = parseRecord(key, await readText(connection, place, ["GET", place], call));
  return record && record.expiresAt > now ? record : undefined;
}

/** Sends a command that reads a string. Returns "" for a key that holds another type. */
export async function readText(
  connection: RedisConnection,
  place: string,
  command: readonly string[],
  call: Call,
): Promise<string> {
  try {
    return ((await connection.send(place, command, call)) as string | null) ?? "";
  } catch (error) {
    if (isError(error) && replyCode(error.cause) === "WRONGTYPE") return "";
    throw error;
  }
}
