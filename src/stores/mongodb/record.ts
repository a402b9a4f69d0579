import { isDate } from "../../core/language/shape.ts";
import type { RecordKey, StoredRecord } from "../../types/store.ts";
import type { Position } from "../shared/cursor.ts";
import { fromText, toText } from "../shared/plain-text.ts";
import type { MongodbDocument } from "./client.ts";

/** The fields of a document besides `_id`. */
export const fields = {
  version: 1,
  commitId: 1,
  body: 1,
  userId: 1,
  createdAt: 1,
  lastSeenAt: 1,
  expiresAt: 1,
} as const;

/** What the application's own documents in the same collection do not have. */
export const ours: MongodbDocument = {
  "_id.namespace": { $type: "string" },
  "_id.id": { $type: "string" },
  // Without it the server would not consider the index by expiry, which has these documents only.
  version: { $exists: true },
};

export const toKey = ({ namespace, id }: RecordKey): MongodbDocument => ({
  namespace: toText(namespace),
  id: toText(id),
});

/** Where all dates end; beyond it there are only invalid ones. */
const lastDate = 8_640_000_000_000_000;

export const toDate = (time: number): Date => new Date(Math.min(Math.max(time, -lastDate), lastDate));

export function toDocument(record: StoredRecord): MongodbDocument {
  const { version, commitId, body, userId, createdAt, lastSeenAt, expiresAt } = record;
  return {
    _id: toKey(record),
    version,
    commitId,
    body: toText(body),
    ...(userId === undefined ? {} : { userId: toText(userId) }),
    createdAt: toDate(createdAt),
    lastSeenAt: toDate(lastSeenAt),
    expiresAt: toDate(expiresAt),
  };
}

/** The record in a document, or `undefined` where it is something else. */
export function toRecord({ namespace, id }: RecordKey, document: MongodbDocument): StoredRecord | undefined {
  const { version, commitId, body, userId } = document;
  const createdAt = toTime(document.createdAt);
  const lastSeenAt = toTime(document.lastSeenAt);
  const expiresAt = toTime(document.expiresAt);
  if (!Number.isSafeInteger(version) || typeof commitId !== "string" || typeof body !== "string") return undefined;
  if (Number.isNaN(createdAt + lastSeenAt + expiresAt)) return undefined;
  const stamp = { version: Number(version), commitId };
  const record = { namespace, id, ...stamp, body: fromText(body), createdAt, lastSeenAt, expiresAt };
  if (userId === undefined) return record;
  return typeof userId === "string" ? { ...record, userId: fromText(userId) } : undefined;
}

/** Where a listed document stands. */
export function toPosition({ _id, createdAt }: MongodbDocument): Position {
  return { createdAt: toTime(createdAt), id: fromText((_id as RecordKey).id) };
}

const toTime = (value: unknown): number => (isDate(value) ? value.getTime() : Number.NaN);
