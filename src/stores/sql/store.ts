import { SessionError } from "../../types/errors.ts";
import type { SessionStore, StoreCall } from "../../types/store.ts";
import { formatCursor, parseCursor } from "../shared/cursor.ts";
import { fromText, toText } from "../shared/plain-text.ts";
import type { StoreWarnings } from "../shared/warnings.ts";
import type { SqlClient } from "./client.ts";
import type { SqlDialect } from "./dialect.ts";
import { pruneDue } from "./prune.ts";
import { assertKeyFits, content, firstNumber, keyValues, type SqlValue, toRecord, touchValues } from "./rows.ts";
import { type Statements, statements, type TableName } from "./statements.ts";

export interface SqlStoreOptions {
  readonly name: string;
  readonly dialect: SqlDialect;
  readonly table: TableName;
  readonly warnings: StoreWarnings;
  /** Returns a client whose table is ready. Called on first use, and again after a failure. */
  connect(): Promise<SqlClient>;
}

/** Creates the session store that all SQL databases share. */
export function sqlStore({ name, dialect, table, warnings, connect }: SqlStoreOptions): SessionStore {
  let sql = statements(dialect, table);
  const hasPruneAt = dialect.postpone !== undefined;
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
        sql = statements(dialect, inSchema(table, connected.schema));
        return connected;
      })
      .finally(() => {
        connecting = undefined;
      });
    const connected = await connecting;
    if (isClosed || signal?.aborted) throw unavailable(`The ${name} store was ready too late for this operation.`);
    return connected;
  };

  const run = async (
    statement: Exclude<keyof Statements, "postpone">,
    values: readonly SqlValue[],
    call: StoreCall | undefined,
  ): Promise<boolean> => {
    const db = client ?? (await connectOnce(call));
    return (await db.run(sql[statement], values, call)) > 0;
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
      const { createdAt, lastSeenAt, expiresAt } = record;
      const key = keyValues(record);
      for (const text of key) assertKeyFits(text, maxKeyBytes);
      const times = [createdAt, lastSeenAt, expiresAt, ...(hasPruneAt ? [expiresAt] : [])];
      return run("create", [...key, ...content(record), ...times], call);
    },

    replace(record, expected, now, call) {
      const values = [...content(record), ...touchValues(record.lastSeenAt, record.expiresAt, now, hasPruneAt)];
      return run("replace", [...values, ...keyValues(record), expected.version, expected.commitId, now], call);
    },

    touch(key, expected, lastSeenAt, expiresAt, now, call) {
      const fence = [...keyValues(key), expected.version, expected.commitId, now];
      return run("touch", [...touchValues(lastSeenAt, expiresAt, now, hasPruneAt), ...fence], call);
    },

    delete: (key, call) => run("delete", keyValues(key), call),

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
      return pruneDue(db, sql, now, limit, call);
    },

    async clear(namespace, call) {
      await run("clear", [toText(namespace)], call);
    },

    async count(namespace, now, call) {
      const db = client ?? (await connectOnce(call));
      return firstNumber(await db.all(sql.count, [toText(namespace), now], call));
    },

    ...(time !== undefined && {
      async time(call) {
        const db = client ?? (await connectOnce(call));
        return firstNumber(await db.all(time, [], call));
      },
    }),

    onWarning: warnings.onWarning,

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

/**
 * Names the schema in each statement, so that the store stays with its table if somebody changes the `search_path` or the
 * database of a connection. Not a name with a question mark, which would read as a placeholder.
 */
const inSchema = ({ table, schema }: TableName, found: string | undefined): TableName => ({
  table,
  schema: schema ?? (found?.includes("?") ? undefined : found),
});

function unavailable(message: string): SessionError {
  return new SessionError("STORE_UNAVAILABLE", `${message} Nothing was written.`);
}
