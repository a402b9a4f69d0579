import type { SqlClient } from "../sql/client.ts";
import type { SqlDialect } from "../sql/dialect.ts";
import { refused } from "../sql/errors.ts";
import type { SqlRow, SqlValue } from "../sql/rows.ts";
import { schema } from "../sql/statements.ts";

/** The part of a Durable Object's state that the store uses. */
export interface DurableObjectState {
  readonly storage: {
    readonly sql: { exec(sql: string, ...values: SqlValue[]): { raw(): Iterable<SqlRow> } };
    transactionSync<T>(work: () => T): T;
    getAlarm(): Promise<number | null>;
    setAlarm(time: number): Promise<void>;
  };
  blockConcurrencyWhile(work: () => Promise<void>): Promise<unknown>;
}

export interface ShardClient extends SqlClient {
  /** Returns the earliest expiry of all sessions, in epoch milliseconds. */
  earliest(): number | undefined;
}

/** Opens the database of one object and creates its table. Only the object can access it, so the table needs no check. */
export function shardClient({ storage }: DurableObjectState, dialect: SqlDialect, table: string): ShardClient {
  const ask = (sql: string, ...values: readonly SqlValue[]): SqlRow[] => {
    try {
      return [...storage.sql.exec(sql, ...values).raw()];
    } catch (error) {
      throw refused("The Durable Object", error);
    }
  };
  if (ask("SELECT 1 FROM sqlite_master WHERE name = ?", table).length === 0) {
    storage.transactionSync(() => {
      for (const statement of schema(dialect, { table })) ask(statement);
    });
  }

  return {
    run(sql, values) {
      ask(sql, ...values);
      // changes() counts matched rows; the object's own rowsWritten includes index rows.
      return Number(ask("SELECT changes()")[0]?.[0]);
    },
    all: (sql, values) => ask(sql, ...values),
    earliest: () => {
      const [row] = ask(`SELECT min(expires_at) FROM ${dialect.quote(table)}`);
      return row?.[0] == null ? undefined : Number(row[0]);
    },
    close: () => undefined,
  };
}
