import { schema as ddl, type SqlDialect, type TableName } from "./_sql-statements.ts";

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
    body: "LONGBLOB",
    integer: "BIGINT",
  },
  longestKey,
  kind: "an InnoDB table",
  tableOptions: "ENGINE=InnoDB ROW_FORMAT=DYNAMIC",
  hasInlineIndexes: true,
  ifAbsent: "",
  // Where the connection counts changed rows, one that stays as it is still tells its version.
  touchMark: ", version = LAST_INSERT_ID(version)",
  prune: (table) => `DELETE FROM ${table} WHERE expires_at <= ? ORDER BY expires_at LIMIT ?`,
  time: "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000",
};

/** Asks for the parts of a table of the connection's database; no rows where there is none. */
export const presentParts = ({ table }: TableName): string => `
SELECT IF(engine = 'InnoDB' AND table_type = 'BASE TABLE', '${mysqlDialect.kind}', 'something else')
FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '${table}'
UNION ALL
SELECT CONCAT(column_name, ' ', UPPER(REPLACE(column_type, 'bigint(20)', 'bigint')), IF(is_nullable = 'NO', ' not null', ''))
FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '${table}'
UNION ALL
SELECT CONCAT(IF(index_name = 'PRIMARY', 'primary key', 'index'),
  GROUP_CONCAT(' ', column_name, IF(sub_part IS NULL AND collation = 'A', '', '!') ORDER BY seq_in_index SEPARATOR ''))
FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = '${table}' AND index_type = 'BTREE'
GROUP BY index_name`;

/** One statement makes the table with its indexes, or changes nothing. */
export const makeTable = (name: TableName): string =>
  ddl(mysqlDialect, name).join("").replace("CREATE TABLE", "CREATE TABLE IF NOT EXISTS");
