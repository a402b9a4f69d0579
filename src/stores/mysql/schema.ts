import type { SqlDialect } from "../sql/dialect.ts";
import { schema as ddl, type TableName } from "../sql/statements.ts";

/** For a namespace or an id. With a user id they must fit into the 3,072 bytes of an index. */
const maxKeyBytes = 768;
/** 255 characters that plain-text.ts may encode as five bytes each. */
const maxUserBytes = 1_275;

/**
 * Joins the first rows that are due with themselves, in this order, because LIMIT alone would go past all rows that live.
 * Locked for writing at once: two that prune would otherwise hold what the other one needs.
 */
const due = (table: string): string =>
  `(SELECT namespace, id FROM ${table} WHERE prune_at <= ? ORDER BY prune_at LIMIT ? FOR UPDATE) AS due STRAIGHT_JOIN ${table} AS s ON s.namespace = due.namespace AND s.id = due.id`;

export const mysqlDialect: SqlDialect = {
  placeholder: () => "?",
  quote: (identifier) => `\`${identifier.replaceAll("`", "``")}\``,
  // Bytes, because under every collation some distinct strings are equal, such as those that differ in trailing spaces.
  types: {
    key: `VARBINARY(${maxKeyBytes})`,
    user: `VARBINARY(${maxUserBytes})`,
    commit: "VARBINARY(64)",
    body: "LONGBLOB",
    integer: "BIGINT",
  },
  // A reserved word in the SQL mode ORACLE of MariaDB.
  body: "`body`",
  maxKeyBytes,
  kind: "an ordinary table",
  tableOptions: "ENGINE=InnoDB ROW_FORMAT=DYNAMIC",
  hasInlineIndexes: true,
  ifAbsent: "",
  // Some connections count only changed rows. This makes a matched row visible even if nothing changes.
  touchMark: ", version = LAST_INSERT_ID(version)",
  prune: (table) => `DELETE s FROM ${due(table)} WHERE s.expires_at <= ?`,
  postpone: (table) => `UPDATE ${due(table)} SET s.prune_at = s.expires_at WHERE s.expires_at > ?`,
  time: "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000",
};

/** Selects the parts of a table of the connection's database. As bytes, because MySQL does not join mixed collations. */
export function partsQuery({ table }: TableName): string {
  const place = `table_schema = DATABASE() AND table_name = '${table}'`;
  return `
SELECT CAST(CONCAT('schema ', table_schema) AS BINARY) FROM information_schema.tables WHERE ${place}
UNION ALL
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

/** Returns one statement that creates the table with its indexes, or changes nothing. */
export const createTableStatement = (name: TableName): string =>
  ddl(mysqlDialect, name).join("").replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS");
