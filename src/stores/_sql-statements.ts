import { invalidOption } from "../core/errors.ts";

/** Where databases differ. */
export interface SqlDialect {
  /** How the nth value is marked in a statement, counted from 1. */
  placeholder(position: number): string;
  quote(identifier: string): string;
  /** Column types. `key` and `user` must compare by bytes, `time` must hold 64-bit integers. */
  readonly types: { readonly key: string; readonly user: string; readonly body: string; readonly integer: string };
  /** What follows the column list of CREATE TABLE. */
  readonly tableOptions: string;
  /** What makes an INSERT of an existing key write nothing. Empty where the client catches the database's error. */
  readonly ifAbsent: string;
  /** Deletes a limited number of expired rows; values: now, limit. */
  prune(table: string): string;
}

export interface Statements {
  readonly read: string;
  readonly create: string;
  readonly replace: string;
  readonly touch: string;
  readonly delete: string;
  readonly list: string;
  readonly listUser: string;
  readonly prune: string;
  readonly clear: string;
  readonly count: string;
}

/** The name of a table as given by the application. @throws SessionError INVALID_OPTION */
export function tableName(name: string | undefined): string {
  if (name === undefined) return "coatcheck_sessions";
  // 48, so that the names of the indexes fit into the 63 characters that PostgreSQL allows.
  if (typeof name === "string" && /^[A-Za-z_][A-Za-z0-9_]{0,47}$/.test(name)) return name;
  throw invalidOption(
    "table must be a name of 1 to 48 letters, digits and underscores that does not begin with a digit.",
  );
}

/** The one row that a key names, while it lives. */
const keyed = "namespace = ? AND id = ?";
const fenced = `${keyed} AND version = ? AND expires_at > ?`;
/** A visit recorded meanwhile stays. In this order, because MySQL sees what an assignment before it has set. */
const seen =
  "expires_at = CASE WHEN last_seen_at > ? AND expires_at > ? THEN expires_at ELSE ? END, last_seen_at = CASE WHEN last_seen_at > ? THEN last_seen_at ELSE ? END";
const page = "(created_at, id) > (?, ?) AND expires_at > ? ORDER BY created_at, id LIMIT ?";
const content = "version, body, user_id, created_at, last_seen_at, expires_at";

export function statements(dialect: SqlDialect, name: string): Statements {
  const table = dialect.quote(name);
  const marked = (statement: string): string => {
    let position = 0;
    return statement.trim().replaceAll("?", () => dialect.placeholder(++position));
  };
  return {
    read: marked(`SELECT ${content} FROM ${table} WHERE ${keyed} AND expires_at > ?`),
    create: marked(
      `INSERT INTO ${table} (namespace, id, ${content}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ${dialect.ifAbsent}`,
    ),
    replace: marked(`UPDATE ${table} SET version = ?, body = ?, user_id = ?, ${seen} WHERE ${fenced}`),
    touch: marked(`UPDATE ${table} SET ${seen} WHERE ${fenced}`),
    delete: marked(`DELETE FROM ${table} WHERE ${keyed}`),
    list: marked(`SELECT id, ${content} FROM ${table} WHERE namespace = ? AND ${page}`),
    listUser: marked(`SELECT id, ${content} FROM ${table} WHERE namespace = ? AND user_id = ? AND ${page}`),
    prune: marked(dialect.prune(table)),
    clear: marked(`DELETE FROM ${table} WHERE namespace = ?`),
    count: marked(`SELECT count(*) AS count FROM ${table} WHERE namespace = ? AND expires_at > ?`),
  };
}

/** The statements that make the table and its indexes: by expiry for `prune`, by user and by age for `list`. */
export function schema({ quote, types, tableOptions }: SqlDialect, name: string): string[] {
  const index = (suffix: string, columns: string): string =>
    `CREATE INDEX ${quote(`${name}_${suffix}`)} ON ${quote(name)} (${columns})`;
  return [
    `CREATE TABLE ${quote(name)} (
  namespace ${types.key} NOT NULL,
  id ${types.key} NOT NULL,
  version ${types.integer} NOT NULL,
  body ${types.body} NOT NULL,
  user_id ${types.user},
  created_at ${types.integer} NOT NULL,
  last_seen_at ${types.integer} NOT NULL,
  expires_at ${types.integer} NOT NULL,
  PRIMARY KEY (namespace, id)
)${tableOptions && ` ${tableOptions}`}`,
    index("expiry", "expires_at"),
    index("user", "namespace, user_id, created_at, id"),
    index("age", "namespace, created_at, id"),
  ];
}
