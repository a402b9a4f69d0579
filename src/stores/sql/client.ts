import type { StoreCall } from "../../types/store.ts";
import type { SqlRow, SqlValue } from "./rows.ts";

/**
 * What the store needs of a connected client. Each call is one statement in a transaction of its own. A client that
 * knows that nothing was written throws a `SessionError`; after any other error the write is ambiguous.
 */
export interface SqlClient {
  /** Runs a writing statement. Returns the number of matched rows; 0 for an INSERT of an existing key. */
  run(statement: string, values: readonly SqlValue[], call?: StoreCall): number | Promise<number>;
  all(statement: string, values: readonly SqlValue[], call?: StoreCall): readonly SqlRow[] | Promise<readonly SqlRow[]>;
  /** Prepares the table, unless connecting has done so. */
  setup?(call?: StoreCall): void | Promise<void>;
  /** The schema in which the table was found. */
  readonly schema?: string | undefined;
  close(): void | Promise<void>;
}
