import { SessionError } from "../../types/errors.ts";
import type { StoreCall } from "../../types/store.ts";
import { type SqlDialect, schema, type TableName } from "../sql/statements.ts";
import type { SqlClient, SqlValue } from "../sql/store.ts";
import { prepareTable, type TableSetup } from "../sql/table.ts";

/** What is used of a statement of D1. */
export interface D1Statement {
  bind(...values: (string | number | null)[]): D1Statement;
  run(): Promise<{ readonly meta: { readonly changes: number } }>;
  raw(): Promise<unknown[][]>;
}

/** What is used of a D1 binding. */
export interface D1Database {
  prepare(sql: string): D1Statement;
  batch(statements: D1Statement[]): Promise<unknown>;
}

export interface D1Client extends SqlClient {
  /** Sees to it that the table is there and is ours. */
  setup(): Promise<void>;
}

/** A binding as the SQL store wants it. D1's errors do not tell whether a statement was carried out, so that stays open. */
export function d1Client(
  database: D1Database,
  { dialect, name, setup }: { dialect: SqlDialect; name: TableName; setup: TableSetup },
): D1Client {
  let isReady = false;

  const bound = (sql: string, values: readonly SqlValue[]): D1Statement => database.prepare(sql).bind(...values);
  const ask = (sql: string, values: readonly SqlValue[]): Promise<unknown[][]> => bound(sql, values).raw();
  // A batch is a transaction.
  const make = (): Promise<unknown> => database.batch(schema(dialect, name).map((sql) => database.prepare(sql)));

  // Whoever comes before the table is known to be there looks for itself: in a worker, what one request waits for ends
  // with that request, and another that waited for the same would wait for ever.
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
  new SessionError("STORE_UNAVAILABLE", "The d1 store got ready too late for this operation. Nothing was written.");
