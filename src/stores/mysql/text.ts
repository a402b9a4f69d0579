import type { SqlValue } from "../sql/store.ts";

/**
 * A statement with its values in it. Text goes as the hexadecimal digits of its UTF-8: no character set and no SQL mode of
 * the connection can change what it means (a quote escaped by a backslash is none under NO_BACKSLASH_ESCAPES).
 */
export function withValues(statement: string, values: readonly SqlValue[]): string {
  let position = 0;
  return statement.replaceAll("?", () => literal(values[position++] ?? null));
}

function literal(value: SqlValue): string {
  if (value === null) return "NULL";
  return typeof value === "number" ? String(value) : `X'${Buffer.from(value).toString("hex")}'`;
}

/** How many characters a statement has with its values in it, at most. */
export function lengthWith(statement: string, values: readonly SqlValue[]): number {
  return values.reduce<number>(
    (length, value) => length + (typeof value === "string" ? 2 * Buffer.byteLength(value) + 3 : 24),
    statement.length,
  );
}

/** The values of a prepared statement. Text goes as bytes, so that no character set of the connection changes it. */
export const parametersOf = (values: readonly SqlValue[]): Parameter[] =>
  values.map((value) => (typeof value === "string" ? Buffer.from(value) : value));

export type Parameter = Bytes | number | null;

interface Bytes {
  toString(encoding?: "hex"): string;
}

/** Wherever mysql2 runs there is one, and nothing else is as fast. */
const { Buffer } = globalThis as unknown as {
  readonly Buffer: { from(text: string): Bytes; byteLength(text: string): number };
};
