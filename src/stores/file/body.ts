import type { RecordKey, RecordStamp, StoredRecord } from "../../types/store.ts";
import { isAt } from "../shared/fence.ts";
import type { Head } from "./layout.ts";

/**
 * A body as a file: one line of JSON that says whose it is, then the body as it is. The times in that line are those of
 * the moment it was written; in force are those in the name of the head.
 */
export function formatBody(record: StoredRecord): Buffer {
  const { namespace, id, version, commitId, userId, createdAt, lastSeenAt, expiresAt, body } = record;
  const fields = { namespace, id, version, commitId, userId, createdAt, lastSeenAt, expiresAt };
  // UTF-8 has no halves of surrogate pairs; as JSON they are kept.
  const isText = !/\p{Surrogate}/u.test(body);
  const line = JSON.stringify({ coatcheck: "file", format: 1, ...fields, ...(!isText && { body: "json" }) });
  return Buffer.from(`${line}\n${isText ? body : JSON.stringify(body)}`);
}

/** `undefined` for what is damaged, of another format, or somebody else's. */
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
  const areTexts = typeof namespace === "string" && typeof id === "string";
  return coatcheck === "file" && format === 1 && areTexts && (userId === undefined || typeof userId === "string");
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
