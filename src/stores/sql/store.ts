import { invalidOption, SessionError } from "../../types/errors.ts";
import type { RecordKey, SessionStore, StoreCall, StoredRecord } from "../../types/store.ts";
import { formatCursor, parseCursor } from "../shared/cursor.ts";
import { fromText, toText } from "../shared/plain-text.ts";
import type { SqlDialect } from "./dialect.ts";
import { statements, type TableName } from "./statements.ts";

export type SqlValue = string | number | null;
/** A row: its values in the order of the statement's columns. Drivers return 64-bit integers as number, bigint or string. */
export type SqlRow = readonly unknown[];

/**
 * What the store needs of a connected client. Each call is one statement in a transaction of its own. A client that
 * knows that nothing was written throws a `SessionError`; after any other error the write is ambiguous.
 */
export interface SqlClient {
  /** Runs a writing statement. Returns the number of matched rows; 0 for an INSERT of an existing key. */
  run(statement: string, values: readonly SqlValue[], call?: StoreCall): number | Promise<number>;
  all(statement: string, values: readonly SqlValue[], call?: StoreCall): readonly SqlRow[] | Promise<readonly SqlRow[]>;
  /** Prepares the table, unless connecting has done so. */
  setup?(call?: StoreCall): void | Promise<void>;
  close(): void | Promise<void>;
}

export interface SqlStoreOptions {
  readonly name: string;
  readonly dialect: SqlDialect;
  readonly table: TableName;
  /** Returns a client whose table is ready. Called on first use, and again after a failure. */
  connect(): Promise<SqlClient>;
}

/** Creates the session store that all SQL databases share. */
export function sqlStore({ name, dialect, table, connect }: SqlStoreOptions): SessionStore {
  const sql = statements(dialect, table);
  const { time, maxKeyBytes = Number.POSITIVE_INFINITY } = dialect;
  let client: SqlClient | undefined;
  let connecting: Promise<SqlClient> | undefined;
  let isClosed = false;

  const connectOnce = async (call: StoreCall | undefined): Promise<SqlClient> => {
    // Read before the wait: an operation that is aborted during the wait must not write afterwards.
    const signal = call?.signal;
    if (isClosed) throw unavailable(`The ${name} store is closed.`);
    connecting ??= connect()
      .then((connected) => {
        client = connected;
        return connected;
      })
      .finally(() => {
        connecting = undefined;
      });
    const connected = await connecting;
    if (isClosed || signal?.aborted) throw unavailable(`The ${name} store was ready too late for this operation.`);
    return connected;
  };

  const run = async (statement: string, values: readonly SqlValue[], call: StoreCall | undefined): Promise<boolean> =>
    (await (client ?? (await connectOnce(call))).run(statement, values, call)) > 0;

  const queryNumber = async (
    statement: string,
    values: readonly SqlValue[],
    call: StoreCall | undefined,
  ): Promise<number> => {
    const [row] = await (client ?? (await connectOnce(call))).all(statement, values, call);
    return Number(row?.[0]);
  };

  return {
    kind: "record",
    name,
    atomic: true,

    async read(key, now, call) {
      const db = client ?? (await connectOnce(call));
      const [row] = await db.all(sql.read, [...keyValues(key), now], call);
      return row && toRecord(key, row);
    },

    async create(record, _now, call) {
      const { createdAt } = record;
      const key = keyValues(record);
      for (const text of key) assertKeyFits(text, maxKeyBytes);
      return run(sql.create, [...key, ...content(record), createdAt, ...times(record)], call);
    },

    replace(record, expected, now, call) {
      const values = [...content(record), ...touchValues(record.lastSeenAt, record.expiresAt)];
      return run(sql.replace, [...values, ...keyValues(record), expected.version, expected.commitId, now], call);
    },

    touch(key, expected, lastSeenAt, expiresAt, now, call) {
      const fence = [...keyValues(key), expected.version, expected.commitId, now];
      return run(sql.touch, [...touchValues(lastSeenAt, expiresAt), ...fence], call);
    },

    delete: (key, call) => run(sql.delete, keyValues(key), call),

    async list(namespace, { userId, limit, cursor }, now, call) {
      const after = parseCursor(cursor);
      const db = client ?? (await connectOnce(call));
      const owner = userId === undefined ? [] : [toText(userId)];
      const position = [after.createdAt, toText(after.id), after.createdAt];
      const values = [toText(namespace), ...owner, ...position, now, limit];
      const rows = await db.all(userId === undefined ? sql.list : sql.listUser, values, call);
      const records = rows.map((row) => toRecord({ namespace, id: fromText(String(row[7])) }, row));
      const last = records[limit - 1];
      return { records, cursor: last && formatCursor(last) };
    },

    async prune(now, limit, call) {
      const db = client ?? (await connectOnce(call));
      return db.run(sql.prune, [now, limit], call);
    },

    async clear(namespace, call) {
      await run(sql.clear, [toText(namespace)], call);
    },

    count: (namespace, now, call) => queryNumber(sql.count, [toText(namespace), now], call),

    ...(time === undefined ? undefined : { time: (call?: StoreCall) => queryNumber(time, [], call) }),

    async setup(call) {
      await (client ?? (await connectOnce(call))).setup?.(call);
    },

    async close() {
      if (isClosed) return;
      isClosed = true;
      await connecting?.catch(() => undefined);
      const open = client;
      client = undefined;
      await open?.close();
    },
  };
}

function unavailable(message: string): SessionError {
  return new SessionError("STORE_UNAVAILABLE", `${message} Nothing was written.`);
}

const keyValues = (key: RecordKey): [namespace: string, id: string] => [toText(key.namespace), toText(key.id)];

function assertKeyFits(text: string, maxBytes: number): void {
  // No UTF-16 code unit needs more than three bytes.
  if (text.length * 3 <= maxBytes || new TextEncoder().encode(text).length <= maxBytes) return;
  throw invalidOption(`The namespace and the id of a session may have ${maxBytes} bytes each in this store.`);
}

const content = ({ version, commitId, body, userId }: StoredRecord): SqlValue[] => [
  version,
  commitId,
  toText(body),
  userId === undefined ? null : toText(userId),
];

const times = ({ lastSeenAt, expiresAt }: StoredRecord): SqlValue[] => [lastSeenAt, expiresAt];

/** Returns the values of `touchAssignments` in `statements.ts`. */
const touchValues = (lastSeenAt: number, expiresAt: number): SqlValue[] => [
  lastSeenAt,
  expiresAt,
  expiresAt,
  lastSeenAt,
  lastSeenAt,
];

function toRecord({ namespace, id }: RecordKey, row: SqlRow): StoredRecord {
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
