import { schema as ddl, type SqlDialect, type TableName } from "../sql/statements.ts";

/** Bytes of a namespace or an id; with a user id they must fit into the 3,072 bytes of an index. */
const longestKey = 768;
/** 255 bytes, each of them a character that is kept as five. */
const longestUser = 1_275;

export const mysqlDialect: SqlDialect = {
  placeholder: () => "?",
  quote: (identifier) => `\`${identifier}\``,
  // Bytes, because every collation of text takes some texts for one another, if only those that differ in spaces at the end.
  types: {
    key: `VARBINARY(${longestKey})`,
    user: `VARBINARY(${longestUser})`,
    commit: "VARBINARY(64)",
    body: "LONGBLOB",
    integer: "BIGINT",
  },
  longestKey,
  kind: "an ordinary table",
  tableOptions: "ENGINE=InnoDB ROW_FORMAT=DYNAMIC",
  hasInlineIndexes: true,
  ifAbsent: "",
  // Where the connection counts changed rows, one that stays as it is still tells its version.
  touchMark: ", version = LAST_INSERT_ID(version)",
  prune: (table) => `DELETE FROM ${table} WHERE expires_at <= ? ORDER BY expires_at LIMIT ?`,
  time: "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000",
};

/** Asks for the parts of a table of the connection's database, as bytes, because MySQL refuses to join texts of several collations. */
export function presentParts({ table }: TableName): string {
  const place = `table_schema = DATABASE() AND table_name = '${table}'`;
  return `
SELECT CAST(IF(table_type = 'BASE TABLE', '${mysqlDialect.kind}', 'something else') AS BINARY)
FROM information_schema.tables WHERE ${place}
UNION ALL
SELECT CONCAT(CAST(column_name AS BINARY), ' ',
  CAST(UPPER(REPLACE(column_type, 'bigint(20)', 'bigint')) AS BINARY), IF(is_nullable = 'NO', ' not null', ''))
FROM information_schema.columns WHERE ${place}
UNION ALL
SELECT CONCAT(IF(index_name = 'PRIMARY', 'primary key', 'index'), GROUP_CONCAT(
  ' ', COALESCE(CAST(column_name AS BINARY), '?'), IF(sub_part IS NULL AND s.collation = 'A', '', '!')
  ORDER BY seq_in_index SEPARATOR ''))
FROM information_schema.statistics AS s WHERE ${place} AND index_type = 'BTREE' GROUP BY index_name`;
}

/** One statement makes the table with its indexes, or changes nothing. */
export const makeTable = (name: TableName): string =>
  ddl(mysqlDialect, name).join("").replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS");
