import type { RecordKey, RecordStamp, SessionStore, StoredRecord } from "../../types/store.ts";
import { formatCursor, parseCursor } from "../shared/cursor.ts";
import { toText } from "../shared/plain-text.ts";
import type { StoreWarnings } from "../shared/warnings.ts";
import { type Call, mapParallel, throwIfAborted } from "./abort.ts";
import type { RedisConnection } from "./connection.ts";
import { evictionWarning } from "./eviction.ts";
import { indexSweep } from "./index-sweep.ts";
import { redisKeys } from "./keys.ts";
import { readRecord, readText } from "./record.ts";
import {
  commitField,
  field,
  formatRecord,
  offsets,
  parseRest,
  parseTimes,
  userField,
  versionPrefix,
} from "./record-format.ts";
import { namespaceScan } from "./scan.ts";
import * as scripts from "./scripts.ts";
import { userHints } from "./user-hints.ts";
import { userIndex } from "./user-index.ts";

/** The fields of an index entry, beside the key of the record. */
interface Entry {
  readonly userId: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** Returns the first arguments of the scripts of `replace` and `touch`. */
const condition = (
  { version, commitId }: RecordStamp,
  { lastSeenAt, expiresAt }: Pick<StoredRecord, "lastSeenAt" | "expiresAt">,
  now: number,
  until: string,
): (string | number)[] => [
  now,
  versionPrefix(version),
  field(lastSeenAt),
  field(expiresAt),
  until,
  commitField(commitId),
];

/** The minimum number of index entries to read at a time, because some may have expired. */
const minBatch = 20;

/**
 * Creates the session store over a connection. Round trips: one for read, create, replace and touch; one more, for the
 * index, when a record gets another user and when a signed-in session is deleted.
 */
export function recordStore(
  connection: RedisConnection,
  prefix: string,
  warnings: StoreWarnings,
  sweepPauseMs?: number,
): SessionStore {
  const keys = redisKeys(prefix);
  const index = userIndex(connection, keys, indexSweep(connection, keys, sweepPauseMs));
  const scan = namespaceScan(connection, keys);
  const hints = userHints();

  const read = async (key: RecordKey, now: number, call: Call): Promise<StoredRecord | undefined> => {
    const place = keys.record(key);
    const record = await readRecord(connection, place, key, now, call);
    if (record) hints.note(place, record.userId);
    return record;
  };

  /** Runs `replace` or `touch`. Adds an index entry first if one is needed. `userId` is the new user, if any. */
  const update = async (
    script: scripts.RedisScript,
    key: RecordKey,
    values: (indexedUntil: string) => readonly (string | number)[],
    owner: { readonly userId: string | undefined; readonly entry: Entry | undefined },
    now: number,
    call: Call,
  ): Promise<boolean> => {
    for (let needed = owner.entry; ; ) {
      const until = needed && (await index.add({ ...key, ...needed }, needed.expiresAt, now, call));
      if (needed) throwIfAborted(call);
      const reply = await connection.run(
        script,
        keys.record(key),
        values(until === undefined ? "" : field(until)),
        call,
      );
      if (!Array.isArray(reply)) return Number(reply) === 1;
      throwIfAborted(call);
      const [createdAt, expiresAt, line = ""] = reply.map(String);
      const userId = owner.userId ?? parseRest(line)?.userId ?? "";
      needed = { userId, createdAt: Number(createdAt), expiresAt: Number(expiresAt) };
    }
  };

  const remove = async (key: RecordKey, call: Call): Promise<boolean> => {
    const reply = await connection.run(scripts.remove, keys.record(key), [], call);
    if (!Array.isArray(reply)) return false;
    const [line = ""] = reply.map(String);
    const [userId, times] = [parseRest(line)?.userId, parseTimes(line)];
    if (userId !== undefined && times) {
      // Best effort: the session is deleted. `list` ignores an entry that stays, and it expires.
      await index.remove({ ...key, userId, createdAt: times.createdAt }, call).catch(() => undefined);
    }
    return true;
  };

  const time = async (call: Call): Promise<number> => {
    const [seconds, microseconds, memory] = (await connection.run(scripts.time, prefix, [], call)) as string[];
    const message = evictionWarning(String(memory));
    if (message !== undefined) warnings.warn("EVICTION_POLICY", message);
    return Math.floor(Number(seconds) * 1_000 + Number(microseconds) / 1_000);
  };

  return {
    kind: "record",
    name: "redis",
    atomic: true,

    read: (key, now, call) => read(key, now, call),

    async create(record, now, call) {
      const { userId, expiresAt } = record;
      const until = userId === undefined ? undefined : await index.add({ ...record, userId }, expiresAt, now, call);
      if (userId !== undefined) throwIfAborted(call);
      const place = keys.record(record);
      const nonce = crypto.randomUUID().slice(0, 8);
      const wait = String(scripts.waitUntil(expiresAt, now));
      const command = ["SET", place, formatRecord(record, until, nonce), "NX", "PX", wait];
      if ((await connection.send(place, command, call)) !== null) return true;
      // A client may send the command twice if a connection breaks: then the key already holds this record.
      const own = ["GETRANGE", place, String(offsets.nonce), String(offsets.commit - 1)];
      return (await readText(connection, place, own, call)) === ` ${nonce}`;
    },

    replace(record, expected, now, call) {
      const { userId, version, commitId, body } = record;
      const owner = userField(userId);
      const length = userId === undefined ? 0 : owner.length;
      const written = [versionPrefix(version), commitField(commitId), owner + toText(body), length];
      const values = (until: string) => [...condition(expected, record, now, until), ...written];
      const isNew = userId !== undefined && hints.isNew(keys.record(record), userId);
      const entry = isNew ? { ...record, userId } : undefined;
      return update(scripts.replace, record, values, { userId, entry }, now, call);
    },

    touch(key, expected, lastSeenAt, expiresAt, now, call) {
      const values = (until: string) => condition(expected, { lastSeenAt, expiresAt }, now, until);
      return update(scripts.touch, key, values, { userId: undefined, entry: undefined }, now, call);
    },

    delete: (key, call) => remove(key, call),

    async list(namespace, { userId, limit, cursor }, now, call) {
      const after = parseCursor(cursor);
      const ids =
        userId === undefined
          ? scan.ids(namespace, after, limit, now, call)
          : index.ids({ namespace, userId }, after, Math.max(limit, minBatch), call);
      const records: StoredRecord[] = [];
      for await (const some of ids) {
        for (const record of await mapParallel(some, call, (id, call) => read({ namespace, id }, now, call))) {
          if (!record || (userId !== undefined && record.userId !== userId)) continue;
          records.push(record);
          if (records.length === limit) return { records, cursor: formatCursor(record) };
        }
      }
      return { records };
    },

    async clear(namespace, call) {
      const { sends } = await connection.primaries(call);
      for (let removed = 1; removed > 0; ) {
        removed = 0;
        for await (const ids of scan.all(namespace, call)) {
          const results = await mapParallel(ids, call, (id, call) => remove({ namespace, id }, call));
          removed += results.filter(Boolean).length;
        }
        // Repeat in a cluster until nothing is found, because a slot may have moved to a node that was already scanned.
        if (sends.length === 1) return;
      }
    },

    count: (namespace, now, call) => scan.count(namespace, now, call),

    async setup(call) {
      await time(call);
    },

    time: (call) => time(call),

    close: () => connection.close(),

    onWarning: warnings.onWarning,
  };
}
