import { invalidOption, type SessionError } from "../core/errors.ts";
import { type SqlDialect, schema } from "./_sql-statements.ts";
import type { SqliteDatabase } from "./_sqlite-database.ts";

export const sqliteDialect: SqlDialect = {
  placeholder: () => "?",
  quote: (identifier) => `"${identifier}"`,
  types: { key: "TEXT", user: "TEXT", body: "TEXT", integer: "INTEGER" },
  tableOptions: "STRICT",
  ifAbsent: "ON CONFLICT DO NOTHING",
  prune: (table) =>
    `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)`,
};

/** Columns as `pragma_table_info` tells them: name, type, and whether NULL is refused. */
const columns = [
  "namespace TEXT 1",
  "id TEXT 1",
  "version INTEGER 1",
  "body TEXT 1",
  "user_id TEXT 0",
  "created_at INTEGER 1",
  "last_seen_at INTEGER 1",
  "expires_at INTEGER 1",
];

/** Indexes by what they index, with the collation; the first one must be the primary key. */
const indexes = ["pk namespace id", "c expires_at", "c namespace user_id created_at id", "c namespace created_at id"];

/**
 * Sees to it that the table is there and is ours; never changes one that exists.
 *
 * @throws SessionError INVALID_OPTION, or what SQLite throws
 */
export function prepareTable(database: SqliteDatabase, table: string, create: boolean): void {
  if (isOurs(database, table)) return;
  if (!create) throw missing(table);
  // Of several processes that start at once, one makes the table and the others find it.
  database.exec("BEGIN IMMEDIATE");
  try {
    if (!isOurs(database, table)) for (const statement of schema(sqliteDialect, table)) database.exec(statement);
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

/** False: there is no such table. @throws SessionError INVALID_OPTION when it is one of somebody else's */
function isOurs(database: SqliteDatabase, table: string): boolean {
  const ask = (sql: string): string[] => {
    const rows = database.prepare(sql).all(table) as { readonly answer: unknown }[];
    return rows.map(({ answer }) => String(answer));
  };
  const [kind] = ask(
    "SELECT type || ' ' || wr || ' ' || strict AS answer FROM pragma_table_list WHERE schema = 'main' AND name = ? COLLATE NOCASE",
  );
  if (kind === undefined) return false;
  const present = new Set([
    kind,
    ...ask(`SELECT name || ' ' || upper(type) || ' ' || "notnull" AS answer FROM pragma_table_info(?)`),
    ...ask(
      `SELECT origin || (SELECT group_concat(' ' || name || iif(coll = 'BINARY' AND desc = 0, '', ' ' || coll), '')
         FROM (SELECT * FROM pragma_index_xinfo(i.name) WHERE key ORDER BY seqno)) AS answer
       FROM pragma_index_list(?) AS i WHERE NOT partial`,
    ),
  ]);
  const wanted = ["table 0 1", ...columns, ...indexes].filter((part) => !present.has(part));
  if (wanted.length === 0) return true;
  throw invalidOption(
    `The table "${table}" is not one of the session store (${wanted.length} of its parts differ, the first is "${wanted[0]}"), and it was left as it is. Give the store another name with "table", or make this one with the statements of sqliteSchema().`,
  );
}

function missing(table: string): SessionError {
  return invalidOption(
    `The session table "${table}" does not exist and createTable is false. Make it with the statements of sqliteSchema("${table}").`,
  );
}
