import type { SqlValue } from "../sql/rows.ts";

/**
 * Returns a statement with its values in it. Strings become hexadecimal UTF-8: no character set and no SQL mode of the
 * connection can change their meaning (NO_BACKSLASH_ESCAPES, for example, changes what a backslash means).
 */
export function withValues(statement: string, values: readonly SqlValue[]): string {
  let position = 0;
  return statement.replaceAll("?", () => literal(values[position++] ?? null));
}

function literal(value: SqlValue): string {
  if (value === null) return "NULL";
  return typeof value === "number" ? String(value) : `X'${Buffer.from(value).toString("hex")}'`;
}

/** Returns an upper bound for the length of a statement with its values in it, in characters. */
export function lengthWith(statement: string, values: readonly SqlValue[]): number {
  return values.reduce<number>(
    (length, value) => length + (typeof value === "string" ? 2 * Buffer.byteLength(value) + 3 : 24),
    statement.length,
  );
}

/** Returns the values of a prepared statement. Strings become bytes, so that no character set of the connection changes them. */
export const parametersOf = (values: readonly SqlValue[]): Parameter[] =>
  values.map((value) => (typeof value === "string" ? Buffer.from(value) : value));

export type Parameter = Bytes | number | null;

interface Bytes {
  toString(encoding?: "hex"): string;
}

/** Every runtime of mysql2 has a Buffer, and nothing else is as fast. */
const { Buffer } = globalThis as unknown as {
  readonly Buffer: { from(text: string): Bytes; byteLength(text: string): number };
};
