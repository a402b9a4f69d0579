import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { invalidOption } from "../../types/errors.ts";
import { mysqlDialect } from "../mysql/schema.ts";
import { postgresDialect } from "../postgres/schema.ts";
import type { SqlDialect } from "../sql/dialect.ts";
import { tableLocation } from "../sql/options.ts";
import { schema } from "../sql/statements.ts";
import { sqliteDialect } from "../sqlite/schema.ts";

/** Use "mysql" for MariaDB and "sqlite" for D1. */
export type SqlDatabase = "postgres" | "mysql" | "sqlite";

/** Options of `storeSchema()`. */
export interface StoreSchemaOptions {
  /** @default "coatcheck_sessions" */
  readonly table?: string | undefined;
  /** The PostgreSQL schema of the table. @default the connection's search_path */
  readonly schema?: string | undefined;
}

const dialects: Readonly<Record<SqlDatabase, SqlDialect>> = {
  postgres: postgresDialect,
  mysql: mysqlDialect,
  sqlite: sqliteDialect,
};

const known: Known<StoreSchemaOptions> = { table: true, schema: true };

/**
 * Returns the statements that create the table of a SQL store, for migrations and for stores with `createTable: false`.
 *
 * @throws SessionError INVALID_OPTION
 */
export function storeSchema(database: SqlDatabase, options: StoreSchemaOptions = {}): string {
  checkKeys(options, known, "storeSchema()");
  const dialect = Object.hasOwn(dialects, database) ? dialects[database] : undefined;
  if (!dialect) throw invalidOption(`storeSchema knows ${Object.keys(dialects).join(", ")}.`);
  if (options.schema !== undefined && database !== "postgres") {
    throw invalidOption("schema is for PostgreSQL only.");
  }
  return `${schema(dialect, tableLocation(options).name).join(";\n")};\n`;
}
