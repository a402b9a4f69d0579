import { isError } from "../../core/language/shape.ts";
import type { RecordKey, StoredRecord } from "../../types/store.ts";
import type { Call } from "./abort.ts";
import type { RedisConnection } from "./connection.ts";
import { replyCode } from "./errors.ts";
import { parseRecord } from "./record-format.ts";

/** A live record; undefined for what is none of ours. */
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

/** What a command reads of a string; nothing for a key that holds something else. */
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
