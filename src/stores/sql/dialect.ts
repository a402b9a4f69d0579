/** What differs between databases. */
export interface SqlDialect {
  /** Returns the placeholder of the nth value, counted from 1. */
  placeholder(position: number): string;
  quote(identifier: string): string;
  /** Column types. `key`, `user` and `commit` must compare by bytes, `integer` must hold 64 bits. */
  readonly types: Readonly<Record<"key" | "user" | "commit" | "body" | "integer", string>>;
  /** The name of the column body where it must be quoted. @default "body" */
  readonly body?: string | undefined;
  /** The maximum length of a namespace or id in bytes, where the server might truncate a longer one instead of refusing it. */
  readonly maxKeyBytes?: number | undefined;
  /** The kind of table that is required, in words. */
  readonly kind: string;
  /** Follows the column list of CREATE TABLE. */
  readonly tableOptions: string;
  /** True if CREATE TABLE creates the indexes, so that one statement creates everything or nothing. */
  readonly hasInlineIndexes: boolean;
  /** Makes an INSERT of an existing key write nothing. Empty where the client catches the database's error. */
  readonly ifAbsent: string;
  /** An additional assignment of `touch`, for a client that does not count a matched row whose values stay the same. */
  readonly touchMark: string;
  /** Returns the statement that deletes the expired ones of the first rows that are due. Its values: now, limit, now. */
  prune(table: string): string;
  /**
   * Returns the statement that moves `prune_at` to the deadline for those of the first due rows that have not expired. Its
   * values: now, limit, now. Without it the table has no such column, and rows are due by `expires_at`.
   */
  postpone?(table: string): string;
  /** Reads the server's clock, in epoch milliseconds. */
  readonly time?: string | undefined;
}
