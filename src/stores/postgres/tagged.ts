import { SessionError } from "../../types/errors.ts";
import { reason } from "../shared/client-error.ts";
import { unanswered } from "../shared/unanswered.ts";
import { unsent } from "../sql/errors.ts";
import type { SqlRow, SqlValue } from "../sql/rows.ts";
import type { SqlAnswer, SqlDriver } from "../sql/server-client.ts";
import { database } from "./errors.ts";
import { isUnknownName } from "./names.ts";

type TaggedRows = readonly SqlRow[] & { readonly count?: number | null };

interface TaggedQuery {
  /** Returns rows as arrays, however the client transforms column names. The query is sent when it is awaited. */
  values(): PromiseLike<TaggedRows>;
}

/** `state` is the connection that postgres.js sent a query on: null until then. */
const isUnsent = (query: object): boolean => "state" in query && query.state === null;

/** The part of the sql function of the package postgres, or of Bun's SQL, that the store uses. */
export interface TaggedSql {
  unsafe(text: string, values?: SqlValue[], options?: { readonly prepare: boolean }): TaggedQuery;
}

/**
 * `prepare: true` means: as this client is configured. Applications behind a pooler in transaction mode configure
 * `prepare: false`, which costs postgres.js a second round trip for each statement.
 */
const prepare = { prepare: true };

function namesNotSupported(cause: unknown): SessionError {
  return new SessionError(
    "STORE_UNAVAILABLE",
    `PostgreSQL does not know a prepared statement that the client had prepared, and nothing was written. Behind a pooler in transaction mode, give the client the option prepare: false (in a URL: ?prepare=false). It says: ${reason(cause)}`,
    { cause },
  );
}

/** As long as a pool of pg waits for the answer to a statement that was abandoned. */
const stallTimeoutMs = 10_000;

/**
 * @param onStalled called when a statement that was abandoned has no answer for long: postgres.js itself keeps a connection
 * that does not answer any more
 */
export function taggedDriver(
  sql: TaggedSql,
  onStalled: () => void,
  close: () => Promise<void> = async () => {},
): SqlDriver {
  return {
    send(text, given) {
      const values = [...given];
      const query = (values.length === 0 ? sql.unsafe(text) : sql.unsafe(text, values, prepare)).values();
      let stopWaiting = (): void => {};
      const ask = async (): Promise<SqlAnswer> => {
        try {
          const rows = await query;
          return { rows, count: rows.count ?? 0 };
        } catch (error) {
          if (isUnknownName(error)) throw namesNotSupported(error);
          throw isUnsent(query) ? unsent(database, error) : error;
        } finally {
          stopWaiting();
        }
      };
      // The client reads the values when it sends the statement: with nulls it matches no row, and an INSERT fails.
      // Cancelling the query instead would leak a connection that is just being opened.
      const abandon = (): void => {
        values.fill(null);
        stopWaiting = unanswered(stallTimeoutMs, onStalled);
      };
      return { answer: ask(), abandon };
    },
    close,
  };
}
