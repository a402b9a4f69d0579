import type { SqlDialect } from "../sql/dialect.ts";
import { schemaHint } from "../sql/options.ts";
import { schema, wantedParts } from "../sql/statements.ts";
import { isSessionTable as checkTable, missingTable, type TableCheck } from "../sql/table.ts";
import type { SqliteDatabase } from "./handle.ts";
import { inTransaction } from "./transaction.ts";

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
 * Ensures that the session table exists. Never changes an existing table.
 *
 * @throws SessionError INVALID_OPTION, or what SQLite throws
 */
export function prepareTable(database: SqliteDatabase, table: string, create: boolean): void {
  const name = { table };
  const check = { table, schemaHint: schemaHint("sqlite", name), wanted: wantedParts(sqliteDialect) };
  if (isReady(database, check)) return;
  if (!create) throw missingTable(check);
  // If several processes start at once, one creates the table and the others find it.
  inTransaction(database, () => {
    if (!isReady(database, check)) for (const statement of schema(sqliteDialect, name)) database.exec(statement);
  });
}

/** Returns false if there is no such table. @throws SessionError INVALID_OPTION if it is not a session table */
function isReady(database: SqliteDatabase, check: TableCheck): boolean {
  const rows = database.prepare(partsQuery(check.table)).all() as { readonly part: unknown }[];
  return checkTable(
    check,
    rows.map(({ part }) => String(part)),
  );
}

/** Selects the parts of a table, one per row. */
export const partsQuery = (table: string): string => `
  SELECT iif(type = 'table' AND wr = 0 AND strict = 1, '${sqliteDialect.kind}', 'something else') AS part
    FROM pragma_table_list WHERE schema = 'main' AND name = '${table}' COLLATE NOCASE
  UNION ALL SELECT name || ' ' || upper(type) || iif("notnull", ' not null', '') FROM pragma_table_info('${table}')
  UNION ALL SELECT iif(origin = 'pk', 'primary key', 'index') ||
    (SELECT group_concat(' ' || name || iif(coll = 'BINARY' AND desc = 0, '', ' ' || coll), '')
      FROM (SELECT * FROM pragma_index_xinfo(i.name) WHERE key ORDER BY seqno))
    FROM pragma_index_list('${table}') AS i WHERE NOT partial`;
