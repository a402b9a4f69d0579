import type { SqlValue } from "./_sql.ts";

/**
 * A statement with its values in it. Text goes as the hexadecimal digits of its UTF-8: no character set and no SQL mode of
 * the connection can change what it means (a quote escaped by a backslash is none under NO_BACKSLASH_ESCAPES), and one
 * round trip always does, where a prepared statement takes two on each new connection.
 */
export function withValues(statement: string, values: readonly SqlValue[]): string {
  let position = 0;
  return statement.replaceAll("?", () => literal(values[position++] ?? null));
}

function literal(value: SqlValue): string {
  if (value === null) return "NULL";
  return typeof value === "number" ? String(value) : `X'${Buffer.from(value).toString("hex")}'`;
}

/** Wherever mysql2 runs there is one, and nothing else is as fast. */
const { Buffer } = globalThis as unknown as {
  readonly Buffer: { from(text: string): { toString(encoding: "hex"): string } };
};
