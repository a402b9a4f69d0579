import type { StoreWarnings } from "../shared/warnings.ts";
import type { SqlDialect } from "../sql/dialect.ts";
import { schemaHint } from "../sql/options.ts";
import { schema, wantedIndexes, wantedParts } from "../sql/statements.ts";
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
  // No prune_at: SQLite writes the index entries of every column that an UPDATE names, also where the value stays.
  prune: (table) =>
    `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE expires_at <= ? ORDER BY expires_at LIMIT ?) AND expires_at <= ?`,
};

/**
 * Ensures that the session table exists. Never changes an existing table.
 *
 * @throws SessionError INVALID_OPTION, or what SQLite throws
 */
export function prepareTable(database: SqliteDatabase, table: string, create: boolean, warnings: StoreWarnings): void {
  const name = { table };
  const check: TableCheck = {
    table,
    schemaHint: schemaHint("sqlite", name),
    wanted: wantedParts(sqliteDialect),
    indexes: wantedIndexes(sqliteDialect, name),
    warnings,
  };
  if (isReady(database, check)) return;
  if (!create) throw missingTable(check);
  // If several processes start at once, one creates the table and the others find it.
  inTransaction(database, () => {
    if (!isReady(database, check)) for (const statement of schema(sqliteDialect, name)) database.exec(statement);
  });
}

/** Returns false if there is no such table. @throws SessionError INVALID_OPTION if it is not a session table */
function isReady(database: SqliteDatabase, check: TableCheck): boolean {
  const parts = (query: string): string[] =>
    (database.prepare(query).all() as { readonly part: unknown }[]).map(({ part }) => String(part));
  return (
    checkTable(check, parts(partsQuery(check.table))) && checkTable(textCheck(check), parts(textQuery(check.table)))
  );
}

const texts = ["user_id", "commit_id"];

/** The requirement that `textQuery` answers. */
export const textCheck = <Check extends TableCheck>(check: Check): Check => ({
  ...check,
  wanted: texts.map((column) => `${column} by bytes`),
  indexes: [],
});

/** Selects how columns without an index of their own compare, for a table that has them: the collation shows only in what it does. */
export const textQuery = (table: string): string =>
  texts
    .map(
      (column) => `SELECT '${column} ' || iif(count(*) = 0, 'by bytes', 'by a collation') AS part
  FROM (SELECT ${column} AS text FROM "${table}" WHERE 0 UNION ALL SELECT 'a') WHERE text = 'A' OR text = 'a '`,
    )
    .join(" UNION ALL ");

/** Selects the parts of a table, one per row. */
export const partsQuery = (table: string): string => `
  SELECT iif(type = 'table' AND wr = 0 AND strict = 1, '${sqliteDialect.kind}', 'something else') AS part
    FROM pragma_table_list WHERE schema = 'main' AND name = '${table}' COLLATE NOCASE
  UNION ALL SELECT name || ' ' || upper(type) || iif("notnull", ' not null', '') FROM pragma_table_info('${table}')
  UNION ALL SELECT iif(origin = 'pk', 'primary key', 'index') ||
    (SELECT group_concat(' ' || name || iif(coll = 'BINARY' AND desc = 0, '', ' ' || coll), '')
      FROM (SELECT * FROM pragma_index_xinfo(i.name) WHERE key ORDER BY seqno))
    FROM pragma_index_list('${table}') AS i WHERE NOT partial`;
