import { invalidOption } from "../../types/errors.ts";

/** Where databases differ. */
export interface SqlDialect {
  /** How the nth value is marked in a statement, counted from 1. */
  placeholder(position: number): string;
  quote(identifier: string): string;
  /** Column types. `key`, `user` and `commit` must compare by bytes, `integer` must hold 64 bits. */
  readonly types: Readonly<Record<"key" | "user" | "commit" | "body" | "integer", string>>;
  /** Where the server does not refuse a longer namespace or id but might cut it: how many bytes they may have. */
  readonly longestKey?: number | undefined;
  /** What the table must be, in words. */
  readonly kind: string;
  /** What follows the column list of CREATE TABLE. */
  readonly tableOptions: string;
  /** Indexes are made by CREATE TABLE, so that one statement makes all or nothing. */
  readonly hasInlineIndexes: boolean;
  /** What makes an INSERT of an existing key write nothing. Empty where the client catches the database's error. */
  readonly ifAbsent: string;
  /** A further assignment of `touch`, where the client could not tell otherwise that it met a row that it did not change. */
  readonly touchMark: string;
  /** Deletes a limited number of expired rows; values: now, limit. */
  prune(table: string): string;
  /** Asks for the server's clock, in epoch milliseconds. */
  readonly time?: string | undefined;
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

/** A table, in the schema that the connection is in or in another. */
export interface TableName {
  readonly table: string;
  readonly schema?: string | undefined;
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
const fenced = `${keyed} AND version = ? AND commit_id = ? AND expires_at > ?`;
/** A visit recorded meanwhile stays. In this order, because MySQL sees what an assignment before it has set. */
const seen =
  "expires_at = CASE WHEN last_seen_at > ? AND expires_at > ? THEN expires_at ELSE ? END, last_seen_at = CASE WHEN last_seen_at > ? THEN last_seen_at ELSE ? END";
/** The second condition is there for MySQL, which uses no index for the first. */
const page = "(created_at, id) > (?, ?) AND created_at >= ? AND expires_at > ? ORDER BY created_at, id LIMIT ?";
const content = "version, commit_id, body, user_id, created_at, last_seen_at, expires_at";

export function statements(dialect: SqlDialect, name: TableName): Statements {
  const table = quoted(dialect, name);
  const marked = (statement: string): string => {
    let position = 0;
    return statement.trim().replaceAll("?", () => dialect.placeholder(++position));
  };
  return {
    read: marked(`SELECT ${content} FROM ${table} WHERE ${keyed} AND expires_at > ?`),
    create: marked(
      `INSERT INTO ${table} (namespace, id, ${content}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ${dialect.ifAbsent}`,
    ),
    replace: marked(`UPDATE ${table} SET version = ?, commit_id = ?, body = ?, user_id = ?, ${seen} WHERE ${fenced}`),
    touch: marked(`UPDATE ${table} SET ${seen}${dialect.touchMark} WHERE ${fenced}`),
    delete: marked(`DELETE FROM ${table} WHERE ${keyed}`),
    list: marked(`SELECT ${content}, id FROM ${table} WHERE namespace = ? AND ${page}`),
    listUser: marked(`SELECT ${content}, id FROM ${table} WHERE namespace = ? AND user_id = ? AND ${page}`),
    prune: marked(dialect.prune(table)),
    clear: marked(`DELETE FROM ${table} WHERE namespace = ?`),
    count: marked(`SELECT count(*) FROM ${table} WHERE namespace = ? AND expires_at > ?`),
  };
}

/** The table as a statement names it. */
export function quoted({ quote }: SqlDialect, { table, schema }: TableName): string {
  return schema === undefined ? quote(table) : `${quote(schema)}.${quote(table)}`;
}

type Column = readonly [name: string, type: string, rule: "" | "not null"];

const columns = ({ key, user, commit, body, integer }: SqlDialect["types"]): readonly Column[] => [
  ["namespace", key, "not null"],
  ["id", key, "not null"],
  ["version", integer, "not null"],
  ["commit_id", commit, "not null"],
  ["body", body, "not null"],
  ["user_id", user, ""],
  ["created_at", integer, "not null"],
  ["last_seen_at", integer, "not null"],
  ["expires_at", integer, "not null"],
];
const primaryKey = ["namespace", "id"];
/** For `prune`, for the `list` of a user and for that of all. */
const indexColumns = {
  expiry: ["expires_at"],
  user: ["namespace", "user_id", "created_at", "id"],
  age: ["namespace", "created_at", "id"],
};

/** What a table must have, in the words by which each database is asked for the parts of one. */
export function wantedParts({ kind, types }: SqlDialect): string[] {
  return [
    kind,
    ...columns(types).map((column) => column.join(" ").trim()),
    ["primary key", ...primaryKey].join(" "),
    ...Object.values(indexColumns).map((names) => ["index", ...names].join(" ")),
  ];
}

/** The statements that make the table and its indexes. */
export function schema(dialect: SqlDialect, name: TableName): string[] {
  const { quote, types, tableOptions, hasInlineIndexes } = dialect;
  const indexes = Object.entries(indexColumns).map(([suffix, columns]) => ({
    index: quote(`${name.table}_${suffix}`),
    list: columns.join(", "),
  }));
  const parts = [
    ...columns(types).map(([column, type, rule]) => `${column} ${type}${rule && ` ${rule.toUpperCase()}`}`),
    `PRIMARY KEY (${primaryKey.join(", ")})`,
    ...(hasInlineIndexes ? indexes.map(({ index, list }) => `INDEX ${index} (${list})`) : []),
  ];
  const table = quoted(dialect, name);
  return [
    `CREATE TABLE ${table} (\n  ${parts.join(",\n  ")}\n)${tableOptions && ` ${tableOptions}`}`,
    ...(hasInlineIndexes ? [] : indexes.map(({ index, list }) => `CREATE INDEX ${index} ON ${table} (${list})`)),
  ];
}
