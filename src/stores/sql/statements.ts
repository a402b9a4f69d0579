import { invalidOption } from "../../types/errors.ts";
import type { SqlDialect } from "./dialect.ts";

export interface Statements {
  readonly read: string;
  readonly create: string;
  readonly replace: string;
  readonly touch: string;
  readonly delete: string;
  readonly list: string;
  readonly listUser: string;
  readonly prune: string;
  readonly postpone: string | undefined;
  readonly clear: string;
  readonly count: string;
}

/** A table, in the connection's own schema or in a named one. */
export interface TableName {
  readonly table: string;
  readonly schema?: string | undefined;
}

/** Returns a valid table name. @default "coatcheck_sessions" @throws SessionError INVALID_OPTION */
export function tableName(name: string | undefined): string {
  if (name === undefined) return "coatcheck_sessions";
  // At most 48, so that the names of the indexes fit into PostgreSQL's limit of 63 characters.
  if (typeof name === "string" && /^[A-Za-z_][A-Za-z0-9_]{0,47}$/.test(name)) return name;
  throw invalidOption(
    "table must be a name of 1 to 48 letters, digits and underscores that does not begin with a digit.",
  );
}

const whereKey = "namespace = ? AND id = ?";
const whereCurrent = `${whereKey} AND version = ? AND commit_id = ? AND expires_at > ?`;
/** Keeps a later touch. In this order, because in MySQL an assignment sees the result of the assignments before it. */
const touchAssignments =
  "expires_at = CASE WHEN last_seen_at > ? AND expires_at > ? THEN expires_at ELSE ? END, last_seen_at = CASE WHEN last_seen_at > ? THEN last_seen_at ELSE ? END";
/**
 * `prune_at` is never later than `expires_at`. It moves only once it has come, or to an earlier deadline: what changes no
 * indexed column costs a server no index entry.
 */
const postponement = "prune_at = CASE WHEN prune_at > ? AND prune_at <= ? THEN prune_at ELSE ? END";
/** The second condition is for MySQL, which uses no index for the first. */
const wherePage = "(created_at, id) > (?, ?) AND created_at >= ? AND expires_at > ? ORDER BY created_at, id LIMIT ?";

export function statements(dialect: SqlDialect, name: TableName): Statements {
  const table = quoted(dialect, name);
  const { body = "body" } = dialect;
  const content = `version, commit_id, ${body}, user_id, created_at, last_seen_at, expires_at`;
  const hasPruneAt = dialect.postpone !== undefined;
  const touched = hasPruneAt ? `${touchAssignments}, ${postponement}` : touchAssignments;
  const [ownColumn, ownValue] = hasPruneAt ? [", prune_at", ", ?"] : ["", ""];
  const withPlaceholders = (statement: string): string => {
    let position = 0;
    return statement.trim().replaceAll("?", () => dialect.placeholder(++position));
  };
  return {
    read: withPlaceholders(`SELECT ${content} FROM ${table} WHERE ${whereKey} AND expires_at > ?`),
    create: withPlaceholders(
      `INSERT INTO ${table} (namespace, id, ${content}${ownColumn}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?${ownValue}) ${dialect.ifAbsent}`,
    ),
    replace: withPlaceholders(
      `UPDATE ${table} SET version = ?, commit_id = ?, ${body} = ?, user_id = ?, ${touched} WHERE ${whereCurrent}`,
    ),
    touch: withPlaceholders(`UPDATE ${table} SET ${touched}${dialect.touchMark} WHERE ${whereCurrent}`),
    delete: withPlaceholders(`DELETE FROM ${table} WHERE ${whereKey}`),
    list: withPlaceholders(`SELECT ${content}, id FROM ${table} WHERE namespace = ? AND ${wherePage}`),
    listUser: withPlaceholders(
      `SELECT ${content}, id FROM ${table} WHERE namespace = ? AND user_id = ? AND ${wherePage}`,
    ),
    prune: withPlaceholders(dialect.prune(table)),
    postpone: dialect.postpone && withPlaceholders(dialect.postpone(table)),
    clear: withPlaceholders(`DELETE FROM ${table} WHERE namespace = ?`),
    count: withPlaceholders(`SELECT count(*) FROM ${table} WHERE namespace = ? AND expires_at > ?`),
  };
}

/** Returns the quoted name of a table, with its schema. */
export function quoted({ quote }: SqlDialect, { table, schema }: TableName): string {
  return schema === undefined ? quote(table) : `${quote(schema)}.${quote(table)}`;
}

type Column = readonly [name: string, type: string, rule: "" | "not null"];

const columns = ({ types: { key, user, commit, body, integer }, postpone }: SqlDialect): readonly Column[] => [
  ["namespace", key, "not null"],
  ["id", key, "not null"],
  ["version", integer, "not null"],
  ["commit_id", commit, "not null"],
  ["body", body, "not null"],
  ["user_id", user, ""],
  ["created_at", integer, "not null"],
  ["last_seen_at", integer, "not null"],
  ["expires_at", integer, "not null"],
  ...(postpone ? [["prune_at", integer, "not null"] as const] : []),
];
const primaryKey = ["namespace", "id"];
/** The indexes for `prune`, for the `list` of one user and for the `list` of all. */
const indexColumns = ({ postpone }: SqlDialect) => ({
  expiry: [postpone ? "prune_at" : "expires_at"],
  user: ["namespace", "user_id", "created_at", "id"],
  age: ["namespace", "created_at", "id"],
});

/** Returns the parts that a table must have, spelled as each database's query for the parts of a table returns them. */
export function wantedParts(dialect: SqlDialect): string[] {
  const wanted = columns(dialect).map((column) => column.join(" ").trim());
  return [dialect.kind, ...wanted, ["primary key", ...primaryKey].join(" ")];
}

/** An index that makes operations fast. */
export interface WantedIndex {
  /** Spelled as each database's query for the parts of a table returns it. */
  readonly part: string;
  /** Creates the index. */
  readonly statement: string;
}

export function wantedIndexes(dialect: SqlDialect, name: TableName): WantedIndex[] {
  return Object.entries(indexColumns(dialect)).map(([suffix, columns]) => ({
    part: ["index", ...columns].join(" "),
    statement: `CREATE INDEX ${dialect.quote(`${name.table}_${suffix}`)} ON ${quoted(dialect, name)} (${columns.join(", ")})`,
  }));
}

/** Returns the statements that create the table and its indexes. */
export function schema(dialect: SqlDialect, name: TableName): string[] {
  const { quote, body = "body", tableOptions, hasInlineIndexes } = dialect;
  const inline = Object.entries(indexColumns(dialect)).map(
    ([suffix, columns]) => `INDEX ${quote(`${name.table}_${suffix}`)} (${columns.join(", ")})`,
  );
  const parts = [
    ...columns(dialect).map(
      ([column, type, rule]) => `${column === "body" ? body : column} ${type}${rule && ` ${rule.toUpperCase()}`}`,
    ),
    `PRIMARY KEY (${primaryKey.join(", ")})`,
    ...(hasInlineIndexes ? inline : []),
  ];
  const table = quoted(dialect, name);
  return [
    `CREATE TABLE ${table} (\n  ${parts.join(",\n  ")}\n)${tableOptions && ` ${tableOptions}`}`,
    ...(hasInlineIndexes ? [] : wantedIndexes(dialect, name).map(({ statement }) => statement)),
  ];
}
