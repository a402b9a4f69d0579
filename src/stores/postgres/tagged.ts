import { unsent } from "../sql/errors.ts";
import type { SqlAnswer, SqlDriver } from "../sql/server-client.ts";
import type { SqlRow, SqlValue } from "../sql/store.ts";
import { database } from "./errors.ts";

type TaggedRows = readonly SqlRow[] & { readonly count?: number | null };

interface TaggedQuery {
  /** Rows as arrays, whatever names the application's client gives to columns. The query is sent when it is awaited. */
  values(): PromiseLike<TaggedRows>;
}

/** postgres.js keeps with a query what it was sent on: null until then. */
const isUnsent = (query: object): boolean => "state" in query && query.state === null;

/** What is used of the function that the package postgres and Bun's SQL give. */
export interface TaggedSql {
  unsafe(text: string, values?: SqlValue[], options?: { readonly prepare: boolean }): TaggedQuery;
}

/**
 * `prepare: true` means: as this client is configured. Applications behind a pooler in transaction mode say `prepare: false`
 * there, which costs postgres.js a second round trip for each statement.
 */
const prepare = { prepare: true };

export function taggedDriver(sql: TaggedSql, close: () => Promise<void> = async () => {}): SqlDriver {
  return {
    send(text, given) {
      const values = [...given];
      const query = (values.length === 0 ? sql.unsafe(text) : sql.unsafe(text, values, prepare)).values();
      const ask = async (): Promise<SqlAnswer> => {
        try {
          const rows = await query;
          return { rows, count: rows.count ?? 0 };
        } catch (error) {
          throw isUnsent(query) ? unsent(database, error) : error;
        }
      };
      // The values are read when the statement is sent: with none, no row is found, and an INSERT is refused. Cancelling the
      // query instead would leave a connection that is just being made without use for ever.
      return { answer: ask(), abandon: () => void values.fill(null) };
    },
    close,
  };
}
