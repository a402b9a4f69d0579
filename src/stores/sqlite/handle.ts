import type { SqlValue } from "../sql/store.ts";

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
