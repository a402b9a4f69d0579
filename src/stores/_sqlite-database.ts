import type { SqlClient, SqlValue } from "./_sql.ts";
import { refused } from "./_sql-errors.ts";
import { database as name, writeFailure } from "./_sqlite-errors.ts";

/** What is used of a prepared statement. */
export interface SqliteStatement {
  run(...values: SqlValue[]): { readonly changes: number | bigint };
  all(...values: SqlValue[]): unknown[];
}

/** What is used of a database handle: those of node:sqlite, bun:sqlite, better-sqlite3 and libsql have it. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}

/** A handle as the SQL store wants it, with each statement prepared once. */
export function sqliteClient(database: SqliteDatabase, close: () => void): SqlClient {
  const prepared = new Map<string, SqliteStatement>();
  const prepare = (sql: string): SqliteStatement => {
    const known = prepared.get(sql);
    if (known) return known;
    const statement = database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };

  return {
    run(sql, values) {
      try {
        return Number(prepare(sql).run(...values).changes);
      } catch (error) {
        throw writeFailure(error);
      }
    },
    all(sql, values) {
      try {
        return prepare(sql)
          .all(...values)
          .map((row) => Object.values(row as object));
      } catch (error) {
        throw refused(name, error);
      }
    },
    close() {
      prepared.clear();
      close();
    },
  };
}
