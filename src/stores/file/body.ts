import type { RecordKey, RecordStamp, StoredRecord } from "../../types/store.ts";
import { isAt } from "../shared/fence.ts";
import type { Head } from "./layout.ts";

/**
 * Formats a body file: one line of JSON that identifies the session, then the body unchanged. The times in that line are
 * those at the time of writing; the times in the name of the head are the current ones.
 */
export function formatBody(record: StoredRecord): Buffer {
  const { namespace, id, version, commitId, userId, createdAt, lastSeenAt, expiresAt, body } = record;
  const fields = { namespace, id, version, commitId, userId, createdAt, lastSeenAt, expiresAt };
  // UTF-8 cannot encode lone surrogates; JSON can.
  const isText = !/\p{Surrogate}/u.test(body);
  const line = JSON.stringify({ coatcheck: "file", format: 1, ...fields, ...(!isText && { body: "json" }) });
  return Buffer.from(`${line}\n${isText ? body : JSON.stringify(body)}`);
}

/** Returns `undefined` for a file that is damaged, in another format, or not written by this store. */
export function parseBody(file: Buffer, head: Head): StoredRecord | undefined {
  const end = file.indexOf("\n");
  const line = parse(file.toString("utf8", 0, end));
  if (end < 0 || !isLine(line) || !isAt(line, head)) return undefined;
  const text = file.toString("utf8", end + 1);
  const body = line.body === "json" ? parse(text) : text;
  if (typeof body !== "string") return undefined;
  const { version, commitId, createdAt, lastSeenAt, expiresAt } = head;
  const record = { namespace: line.namespace, id: line.id, version, commitId, body, createdAt, lastSeenAt, expiresAt };
  return line.userId === undefined ? record : { ...record, userId: line.userId };
}

interface Line extends RecordKey, RecordStamp {
  readonly userId?: string;
  readonly body?: unknown;
}

function isLine(line: unknown): line is Line {
  const { coatcheck, format, namespace, id, userId } = Object(line) as Record<string, unknown>;
  const areStrings = typeof namespace === "string" && typeof id === "string";
  return coatcheck === "file" && format === 1 && areStrings && (userId === undefined || typeof userId === "string");
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
