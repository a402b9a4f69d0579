import type { RecordKey, RecordStamp, StoredRecord } from "../../types/store.ts";
import type { Position } from "../shared/cursor.ts";
import { toText } from "../shared/plain-text.ts";
import type { MongodbDocument } from "./client.ts";
import { fields, ownDocuments, toDate, toDocument, toKey } from "./record.ts";

// Each command is one round trip. Only `create` inserts.

/** Compares strings by bytes. */
const collation = { locale: "simple" };

/** Durable on a majority, so that no new primary loses it. A write that times out while waiting for that is ambiguous. */
const writeConcern = { w: "majority", j: true, wtimeout: 10_000 };

/** Reads nothing that could be rolled back: the same version must never appear with two contents. */
const readConcern = { level: "majority" };

export const read = (collection: string, key: RecordKey, now: number): MongodbDocument => ({
  find: collection,
  filter: { _id: toKey(key), expiresAt: { $gt: toDate(now) } },
  projection: { ...fields, _id: 0 },
  limit: 1,
  singleBatch: true,
  collation,
  readConcern,
});

export const create = (collection: string, record: StoredRecord): MongodbDocument => ({
  insert: collection,
  documents: [toDocument(record)],
  writeConcern,
});

export function replace(collection: string, record: StoredRecord, expected: RecordStamp, now: number): MongodbDocument {
  const { version, commitId, body, userId, lastSeenAt, expiresAt } = record;
  const stamp = { version: literal(version), commitId: literal(commitId) };
  const changed = { ...stamp, body: literal(toText(body)), ...touchFields(lastSeenAt, expiresAt) };
  const pipeline =
    userId === undefined
      ? [{ $set: changed }, { $unset: "userId" }]
      : [{ $set: { ...changed, userId: literal(toText(userId)) } }];
  return update(collection, whereCurrent(record, expected, now), pipeline);
}

export function touch(
  collection: string,
  key: RecordKey,
  expected: RecordStamp,
  lastSeenAt: number,
  expiresAt: number,
  now: number,
): MongodbDocument {
  return update(collection, whereCurrent(key, expected, now), [{ $set: touchFields(lastSeenAt, expiresAt) }]);
}

export const remove = (collection: string, key: RecordKey): MongodbDocument =>
  removal(collection, { _id: toKey(key) }, 1);

export interface Page {
  readonly userId: string | undefined;
  readonly after: Position | undefined;
  readonly limit: number;
}

export const list = (
  collection: string,
  namespace: string,
  { userId, after, limit }: Page,
  now: number,
): MongodbDocument => ({
  find: collection,
  filter: {
    ...whereLive(namespace, now),
    ...(userId === undefined ? {} : { userId: toText(userId) }),
    ...(after === undefined ? {} : following(after)),
  },
  projection: { ...fields, _id: 1 },
  sort: { createdAt: 1, "_id.id": 1 },
  limit,
  batchSize: limit,
  collation,
  readConcern,
});

/** Closes the cursor of a reply that was truncated at 16 MiB. */
export const killCursor = (collection: string, cursor: unknown): MongodbDocument => ({
  killCursors: collection,
  cursors: [cursor],
});

export const expired = (collection: string, now: number, limit: number): MongodbDocument => ({
  find: collection,
  filter: { ...ownDocuments, expiresAt: { $lte: toDate(now) } },
  projection: { _id: 1 },
  sort: { expiresAt: 1 },
  limit,
  batchSize: limit,
  singleBatch: true,
  collation,
});

/** Checks the expiry again, because it may have changed since the document was found. */
export const prune = (collection: string, ids: readonly unknown[], now: number): MongodbDocument =>
  removal(collection, { _id: { $in: ids }, expiresAt: { $lte: toDate(now) } }, 0);

export const clear = (collection: string, namespace: string): MongodbDocument =>
  removal(collection, { ...ownDocuments, "_id.namespace": toText(namespace) }, 0);

export const count = (collection: string, namespace: string, now: number): MongodbDocument => ({
  aggregate: collection,
  pipeline: [{ $match: whereLive(namespace, now) }, { $count: "count" }],
  cursor: {},
  collation,
  readConcern,
});

const update = (collection: string, q: MongodbDocument, u: readonly MongodbDocument[]): MongodbDocument => ({
  update: collection,
  updates: [{ q, u, collation }],
  writeConcern,
});

/** A limit of 0 means all. */
const removal = (collection: string, q: MongodbDocument, limit: 0 | 1): MongodbDocument => ({
  delete: collection,
  deletes: [{ q, limit, collation }],
  writeConcern,
});

const whereCurrent = (key: RecordKey, { version, commitId }: RecordStamp, now: number): MongodbDocument => ({
  _id: toKey(key),
  version,
  commitId,
  expiresAt: { $gt: toDate(now) },
});

const whereLive = (namespace: string, now: number): MongodbDocument => ({
  ...ownDocuments,
  "_id.namespace": toText(namespace),
  createdAt: { $type: "date" },
  expiresAt: { $gt: toDate(now) },
});

/** In a pipeline a string that starts with a dollar sign would be a field path. */
const literal = (value: unknown): MongodbDocument => ({ $literal: value });

/** Keeps a later touch. Both expressions see the document before the update. */
function touchFields(lastSeenAt: number, expiresAt: number): MongodbDocument {
  const [visit, end] = [toDate(lastSeenAt), toDate(expiresAt)];
  return {
    lastSeenAt: { $max: ["$lastSeenAt", visit] },
    expiresAt: { $cond: [{ $gt: ["$lastSeenAt", visit] }, { $max: ["$expiresAt", end] }, end] },
  };
}

/** The first condition follows from the second; it is the lower bound for the index scan. */
function following({ createdAt, id }: Position): MongodbDocument {
  const date = toDate(createdAt);
  return {
    createdAt: { $gte: date },
    $or: [{ createdAt: { $gt: date } }, { createdAt: date, "_id.id": { $gt: toText(id) } }],
  };
}
