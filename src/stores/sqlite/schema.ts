import { recipe } from "../sql/options.ts";
import { type SqlDialect, schema, wantedParts } from "../sql/statements.ts";
import { isOurs as checkTable, missingTable, type TableCheck } from "../sql/table.ts";
import type { SqliteDatabase } from "./handle.ts";

export const sqliteDialect: SqlDialect = {
  placeholder: () => "?",
  quote: (identifier) => `"${identifier}"`,
  types: { key: "TEXT", user: "TEXT", commit: "TEXT", body: "TEXT", integer: "INTEGER" },
  kind: "a STRICT table with row ids",
  tableOptions: "STRICT",
  hasInlineIndexes: false,
  ifAbsent: "ON CONFLICT DO NOTHING",
  touchMark: "",
  prune: (table) =>
    `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
};

/**
 * Sees to it that the table is there and is ours; never changes one that exists.
 *
 * @throws SessionError INVALID_OPTION, or what SQLite throws
 */
export function prepareTable(database: SqliteDatabase, table: string, create: boolean): void {
  const name = { table };
  const check = { table, recipe: recipe("sqlite", name), wanted: wantedParts(sqliteDialect) };
  if (isOurs(database, check)) return;
  if (!create) throw missingTable(check);
  // Of several processes that start at once, one makes the table and the others find it.
  database.exec("BEGIN IMMEDIATE");
  try {
    if (!isOurs(database, check)) for (const statement of schema(sqliteDialect, name)) database.exec(statement);
    database.exec("COMMIT");
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

function rollBack(database: SqliteDatabase): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // SQLite has done it already, as where the disk is full.
  }
}

/** False: there is no such table. @throws SessionError INVALID_OPTION when it is one of somebody else's */
function isOurs(database: SqliteDatabase, check: TableCheck): boolean {
  const rows = database.prepare(sqliteParts(check.table)).all() as { readonly part: unknown }[];
  return checkTable(
    check,
    rows.map(({ part }) => String(part)),
  );
}

/** Asks for the parts of a table, a row each, in one column. */
export const sqliteParts = (table: string): string => `
  SELECT iif(type = 'table' AND wr = 0 AND strict = 1, '${sqliteDialect.kind}', 'something else') AS part
    FROM pragma_table_list WHERE schema = 'main' AND name = '${table}' COLLATE NOCASE
  UNION ALL SELECT name || ' ' || upper(type) || iif("notnull", ' not null', '') FROM pragma_table_info('${table}')
  UNION ALL SELECT iif(origin = 'pk', 'primary key', 'index') ||
    (SELECT group_concat(' ' || name || iif(coll = 'BINARY' AND desc = 0, '', ' ' || coll), '')
      FROM (SELECT * FROM pragma_index_xinfo(i.name) WHERE key ORDER BY seqno))
    FROM pragma_index_list('${table}') AS i WHERE NOT partial`;
