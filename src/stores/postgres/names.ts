import { codeOf } from "../shared/client-error.ts";

/** The server does not know a prepared statement, or knows another of this name; it has done nothing. */
export const isUnknownName = (error: unknown): boolean => ["26000", "42P05"].includes(String(codeOf(error)));

/** Names for statements: the server parses and plans one with a name once on each connection, which is half of its work. */
export interface StatementNames {
  /** None any more, when names have turned out to be of no use. */
  nameOf(text: string): string | undefined;
  /** Has a look at what went wrong. */
  learn(error: unknown): void;
}

/**
 * A pooler in transaction mode that does not keep book of names (PgBouncer before 1.21) gives the next statement to another
 * server connection, which does not know the name and says so. Then the store goes on without names. No other client has a
 * statement by one of these names, so that it can never be another statement that answers.
 */
export function statementNames(): StatementNames {
  const client = crypto.randomUUID();
  const names = new Map<string, string>();
  let isOfUse = true;

  return {
    nameOf(text) {
      if (!isOfUse) return undefined;
      const known = names.get(text);
      if (known !== undefined) return known;
      const name = `coatcheck_${client}_${names.size}`;
      names.set(text, name);
      return name;
    },
    learn(error) {
      if (isUnknownName(error)) isOfUse = false;
    },
  };
}
