import { codeOf } from "../shared/client-error.ts";

/** The server does not know the prepared statement, or has a different one of this name. It has executed nothing. */
export const isUnknownName = (error: unknown): boolean => ["26000", "42P05"].includes(String(codeOf(error)));

/** Names of prepared statements: the server parses a named one once per connection, which saves half of its work. */
export interface StatementNames {
  /** Returns the name of a statement, or `undefined` once the server turned out not to support names. */
  nameOf(text: string): string | undefined;
  /** Checks whether an error means that names are not supported. */
  noteError(error: unknown): void;
}

/**
 * A pooler in transaction mode that does not track names (PgBouncer before 1.21) may send the next statement to another
 * server connection, which does not know the name and reports an error. Then the store continues without names. The names
 * contain a UUID of this client, so a statement of another client can never run instead.
 */
export function statementNames(): StatementNames {
  const client = crypto.randomUUID();
  const names = new Map<string, string>();
  let isSupported = true;

  return {
    nameOf(text) {
      if (!isSupported) return undefined;
      const known = names.get(text);
      if (known !== undefined) return known;
      const name = `coatcheck_${client}_${names.size}`;
      names.set(text, name);
      return name;
    },
    noteError(error) {
      if (isUnknownName(error)) isSupported = false;
    },
  };
}
