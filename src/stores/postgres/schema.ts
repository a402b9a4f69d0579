import type { SqlDialect } from "../sql/dialect.ts";
import { schema as ddl, quoted, type TableName } from "../sql/statements.ts";

/** By ctid, which is stable while a row is locked: a join would read the whole table. */
const due = (table: string): string =>
  `ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE prune_at <= ? ORDER BY prune_at LIMIT ? FOR UPDATE SKIP LOCKED))`;

export const postgresDialect: SqlDialect = {
  placeholder: (position) => `$${position}`,
  quote: (identifier) => `"${identifier.replaceAll('"', '""')}"`,
  types: {
    key: 'TEXT COLLATE "C"',
    user: 'TEXT COLLATE "C"',
    commit: 'TEXT COLLATE "C"',
    body: "TEXT",
    integer: "BIGINT",
  },
  kind: "an ordinary table",
  // Space in each page for the next version of its rows: an update that changes no index then writes to that page only.
  tableOptions: "WITH (fillfactor = 70)",
  hasInlineIndexes: false,
  ifAbsent: "ON CONFLICT DO NOTHING",
  touchMark: "",
  prune: (table) => `DELETE FROM ${table} WHERE ${due(table)} AND expires_at <= ?`,
  postpone: (table) => `UPDATE ${table} SET prune_at = expires_at WHERE ${due(table)} AND expires_at > ?`,
  time: "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint",
};

/** Selects the parts of a table; no rows if there is none. */
export function partsQuery(name: TableName): string {
  const table = regclass(name);
  return `
SELECT 'schema ' || n.nspname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid = ${table}
UNION ALL
SELECT CASE WHEN c.relkind = 'r' AND c.relpersistence <> 't' THEN '${postgresDialect.kind}' ELSE 'something else' END
FROM pg_catalog.pg_class AS c WHERE c.oid = ${table}
UNION ALL
SELECT a.attname || ' ' || upper(format_type(a.atttypid, a.atttypmod))
  || CASE WHEN a.attname = 'body' OR l.collname IS NULL THEN '' ELSE ' COLLATE "' || l.collname || '"' END
  || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
FROM pg_catalog.pg_attribute AS a LEFT JOIN pg_catalog.pg_collation AS l ON l.oid = a.attcollation
WHERE a.attrelid = ${table} AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT CASE WHEN i.indisprimary THEN 'primary key' ELSE 'index' END || (
  SELECT string_agg(' ' || coalesce(a.attname, '?')
    || CASE WHEN i.indoption[k] <> 0 OR i.indcollation[k] <> a.attcollation OR NOT o.opcdefault THEN '!' ELSE '' END, '' ORDER BY k)
  FROM generate_series(0, i.indnkeyatts - 1) AS k
  LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k]
  LEFT JOIN pg_catalog.pg_opclass AS o ON o.oid = i.indclass[k])
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_am AS m ON m.oid = x.relam AND m.amname = 'btree'
WHERE i.indrelid = ${table} AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL`;
}

const regclass = (name: TableName): string => `to_regclass('${quoted(postgresDialect, name)}')`;

/** The same arbitrary number in every process, so that processes create the table one after the other. */
const advisoryLock = 7_029_347_102_583_511;

/** Returns one statement, so that it is one transaction on every client and through every pooler. */
export function createTableStatement(name: TableName): string {
  return `DO $coatcheck$ BEGIN
PERFORM pg_advisory_xact_lock(${advisoryLock});
IF NOT EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid = ${regclass(name)}) THEN
${ddl(postgresDialect, name).join(";\n")};
END IF;
END $coatcheck$`;
}
