import type { SessionStore, StoreCall } from "../../types/store.ts";
import { formatCursor, parseCursor } from "../shared/cursor.ts";
import { storeWarnings } from "../shared/warnings.ts";
import type { MongodbDocument } from "./client.ts";
import * as commands from "./commands.ts";
import { createConnection } from "./connection.ts";
import { isDuplicate, toError, type WriteError, writeFailure } from "./errors.ts";
import { indexes, type MongodbIndex, prepareIndexes } from "./indexes.ts";
import { collectionLocation, type MongodbStoreOptions } from "./options.ts";
import { toPosition, toRecord } from "./record.ts";

export type {
  MongodbCollection,
  MongodbCommandOptions,
  MongodbDatabase,
  MongodbDocument,
} from "./client.ts";
export type { MongodbIndex } from "./indexes.ts";
export type { MongodbStoreOptions } from "./options.ts";

/**
 * Keeps sessions in MongoDB: for any number of hosts, through restarts and elections. A write completes when a majority of
 * the replica set has it on disk. MongoDB itself removes expired sessions a day after their expiry, if `prune` has not.
 *
 * @example
 * const sessions = createSessions({ store: mongodbStore({ url: "mongodb://127.0.0.1:27017/app" }) });
 */
export function mongodbStore(options: MongodbStoreOptions): SessionStore {
  const place = collectionLocation(options);
  const { name, createIndexes } = place;
  const warnings = storeWarnings();
  const { send, query, ready, close } = createConnection(async () => {
    const opened = await place.open();
    try {
      await prepareIndexes(opened.collection, createIndexes, warnings);
      return opened;
    } catch (error) {
      await opened.close();
      throw error;
    }
  });

  const write = async (command: MongodbDocument, call: StoreCall | undefined): Promise<Written> => {
    try {
      return writtenOf(await send(command, call));
    } catch (error) {
      throw writeFailure(error);
    }
  };

  /** Changes or deletes one document. Returns whether it was found. */
  const change = async (command: MongodbDocument, call: StoreCall | undefined): Promise<boolean> => {
    const { count, error } = await write(command, call);
    if (error) throw writeFailure(error);
    return count > 0;
  };

  /** Deletes many documents. Does not convert errors, because some documents may already be deleted. */
  const sweep = async (command: MongodbDocument, call: StoreCall | undefined): Promise<number> => {
    const { count, error } = writtenOf(await send(command, call));
    if (error) throw error;
    return count;
  };

  return {
    kind: "record",
    name: "mongodb",
    atomic: true,

    async read(key, now, call) {
      const [document] = batchOf(await query(commands.read(name, key, now), call)).documents;
      return document && toRecord(key, document);
    },

    async create(record, _now, call) {
      const { error } = await write(commands.create(name, record), call);
      if (error && !isDuplicate(error)) throw writeFailure(error);
      return !error;
    },

    replace: (record, expected, now, call) => change(commands.replace(name, record, expected, now), call),

    touch: (key, expected, lastSeenAt, expiresAt, now, call) =>
      change(commands.touch(name, key, expected, lastSeenAt, expiresAt, now), call),

    delete: (key, call) => change(commands.remove(name, key), call),

    async list(namespace, { userId, limit, cursor }, now, call) {
      const after = cursor === undefined ? undefined : parseCursor(cursor);
      const { documents, open } = batchOf(
        await query(commands.list(name, namespace, { userId, after, limit }, now), call),
      );
      // The page was truncated, because a reply holds at most 16 MiB.
      if (open) await send(commands.killCursor(name, open), call).catch(() => undefined);
      const records = documents.flatMap((document) => {
        const { id } = toPosition(document);
        return toRecord({ namespace, id }, document) ?? [];
      });
      const last = documents.at(-1);
      const hasMore = open !== undefined || documents.length === limit;
      return { records, cursor: hasMore && last ? formatCursor(toPosition(last)) : undefined };
    },

    async prune(now, limit, call) {
      const { documents } = batchOf(await query(commands.expired(name, now, limit), call));
      if (documents.length === 0) return 0;
      const ids = documents.map(({ _id }) => _id);
      return sweep(commands.prune(name, ids, now), call);
    },

    async clear(namespace, call) {
      await sweep(commands.clear(name, namespace), call);
    },

    async count(namespace, now, call) {
      const [counted] = batchOf(await query(commands.count(name, namespace, now), call)).documents;
      return Number(counted?.count ?? 0);
    },

    setup: ready,

    async time(call) {
      const { localTime } = await query({ hello: 1 }, call);
      return (localTime as Date).getTime();
    },

    close,

    onWarning: warnings.onWarning,
  };
}

/** Returns the indexes of the store, for migrations and `createIndexes: false`: `collection.createIndexes(mongodbIndexes())`. */
export function mongodbIndexes(): MongodbIndex[] {
  return structuredClone(indexes) as MongodbIndex[];
}

interface Written {
  /** The number of matched or inserted documents. */
  readonly count: number;
  readonly error: WriteError | undefined;
}

function writtenOf({ n, writeErrors }: MongodbDocument): Written {
  const [error] = (writeErrors ?? []) as readonly MongodbDocument[];
  return { count: Number(n), error: error && toError(error) };
}

/** Returns the documents in a reply, and the cursor if there are more. */
function batchOf({ cursor }: MongodbDocument): { documents: readonly MongodbDocument[]; open: unknown } {
  const { firstBatch, id } = cursor as { readonly firstBatch: readonly MongodbDocument[]; readonly id: unknown };
  return { documents: firstBatch, open: String(id) === "0" ? undefined : id };
}
