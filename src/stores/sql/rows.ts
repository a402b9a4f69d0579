import { invalidOption } from "../../types/errors.ts";
import type { RecordKey, StoredRecord } from "../../types/store.ts";
import { fromText, toText } from "../shared/plain-text.ts";

export type SqlValue = string | number | null;
/** A row: its values in the order of the statement's columns. Drivers return 64-bit integers as number, bigint or string. */
export type SqlRow = readonly unknown[];

export const keyValues = (key: RecordKey): [namespace: string, id: string] => [toText(key.namespace), toText(key.id)];

/** @throws SessionError INVALID_OPTION */
export function assertKeyFits(text: string, maxBytes: number): void {
  // No UTF-16 code unit needs more than three bytes.
  if (text.length * 3 <= maxBytes || new TextEncoder().encode(text).length <= maxBytes) return;
  throw invalidOption(`The namespace and the id of a session may have ${maxBytes} bytes each in this store.`);
}

export const content = ({ version, commitId, body, userId }: StoredRecord): SqlValue[] => [
  version,
  commitId,
  toText(body),
  userId === undefined ? null : toText(userId),
];

/** Returns the values of `touchAssignments` and `postponement` in `statements.ts`. */
export const touchValues = (
  lastSeenAt: number,
  expiresAt: number,
  now: number,
  hasPruneAt: boolean,
): readonly SqlValue[] => {
  const values = [lastSeenAt, expiresAt, expiresAt, lastSeenAt, lastSeenAt];
  return hasPruneAt ? [...values, now, expiresAt, expiresAt] : values;
};

export function toRecord({ namespace, id }: RecordKey, row: SqlRow): StoredRecord {
  const [version, commitId, body, userId, createdAt, lastSeenAt, expiresAt] = row;
  const record = {
    namespace,
    id,
    version: Number(version),
    commitId: String(commitId),
    body: fromText(String(body)),
    createdAt: Number(createdAt),
    lastSeenAt: Number(lastSeenAt),
    expiresAt: Number(expiresAt),
  };
  return typeof userId === "string" ? { ...record, userId: fromText(userId) } : record;
}

export const firstNumber = (rows: readonly SqlRow[]): number => Number(rows[0]?.[0]);
