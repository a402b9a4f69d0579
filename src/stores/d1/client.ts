import { SessionError } from "../../types/errors.ts";
import type { StoreCall } from "../../types/store.ts";
import type { SqlClient } from "../sql/client.ts";
import type { SqlDialect } from "../sql/dialect.ts";
import type { SqlValue } from "../sql/rows.ts";
import { schema, type TableName } from "../sql/statements.ts";
import { prepareTable, type TableSetup } from "../sql/table.ts";

/** The part of a D1 statement that the store uses. */
export interface D1Statement {
  bind(...values: (string | number | null)[]): D1Statement;
  run(): Promise<{ readonly meta: { readonly changes: number } }>;
  raw(): Promise<unknown[][]>;
}

/** The part of a D1 binding that the store uses. */
export interface D1Database {
  prepare(sql: string): D1Statement;
  batch(statements: D1Statement[]): Promise<unknown>;
}

export interface D1Client extends SqlClient {
  /** Ensures that the session table exists. */
  setup(): Promise<void>;
}

/** Adapts a binding to the SQL store. D1's errors do not say whether a statement took effect, so such writes are ambiguous. */
export function d1Client(
  database: D1Database,
  { dialect, name, setup }: { dialect: SqlDialect; name: TableName; setup: TableSetup },
): D1Client {
  let isReady = false;

  const bound = (sql: string, values: readonly SqlValue[]): D1Statement => database.prepare(sql).bind(...values);
  const ask = (sql: string, values: readonly SqlValue[]): Promise<unknown[][]> => bound(sql, values).raw();
  // A batch is a transaction.
  const make = (): Promise<unknown> => database.batch(schema(dialect, name).map((sql) => database.prepare(sql)));

  // Each request checks the table until one has found it: in a worker a promise belongs to the request that created it, and
  // a request that awaits another's promise may wait forever.
  const prepare = async (): Promise<void> => {
    await prepareTable({ all: ask }, setup, make);
    isReady = true;
  };
  const ready = async (call: StoreCall | undefined): Promise<void> => {
    const signal = call?.signal;
    await prepare();
    if (signal?.aborted) throw tooLate();
  };

  return {
    async run(sql, values, call) {
      if (!isReady) await ready(call);
      return (await bound(sql, values).run()).meta.changes;
    },
    async all(sql, values, call) {
      if (!isReady) await ready(call);
      return ask(sql, values);
    },
    setup: prepare,
    close: () => undefined,
  };
}

const tooLate = (): SessionError =>
  new SessionError("STORE_UNAVAILABLE", "The d1 store was ready too late for this operation. Nothing was written.");
