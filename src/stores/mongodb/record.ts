import { isDate } from "../../core/language/shape.ts";
import type { RecordKey, StoredRecord } from "../../types/store.ts";
import type { Position } from "../shared/cursor.ts";
import { fromText, toText } from "../shared/plain-text.ts";
import type { MongodbDocument } from "./client.ts";

/** The fields of a document, except `_id`. */
export const fields = {
  version: 1,
  commitId: 1,
  body: 1,
  userId: 1,
  createdAt: 1,
  lastSeenAt: 1,
  expiresAt: 1,
} as const;

/** Matches the documents of the store, and not the application's own ones in the same collection. */
export const ownDocuments: MongodbDocument = {
  "_id.namespace": { $type: "string" },
  "_id.id": { $type: "string" },
  // Without this condition the server would not use the partial index by expiry.
  version: { $exists: true },
};

export const toKey = ({ namespace, id }: RecordKey): MongodbDocument => ({
  namespace: toText(namespace),
  id: toText(id),
});

/** The last valid Date, in epoch milliseconds. */
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

/** Returns the record in a document, or `undefined` if the document is not a record of this store. */
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

/** Returns the position of a document in the order of `list`. */
export function toPosition({ _id, createdAt }: MongodbDocument): Position {
  return { createdAt: toTime(createdAt), id: fromText((_id as RecordKey).id) };
}

const toTime = (value: unknown): number => (isDate(value) ? value.getTime() : Number.NaN);
