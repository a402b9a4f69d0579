import type { SqlValue } from "../sql/rows.ts";

/** The part of a prepared statement that the store uses. */
export interface SqliteStatement {
  run(...values: SqlValue[]): { readonly changes: number | bigint };
  all(...values: SqlValue[]): unknown[];
}

/** The part of a database handle that the store uses: node:sqlite, bun:sqlite, better-sqlite3 and libsql have it. */
export interface SqliteDatabase {
  exec(sql: string): unknown;
  prepare(sql: string): SqliteStatement;
  close(): unknown;
}
