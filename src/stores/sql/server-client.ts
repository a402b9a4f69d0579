import type { StoreCall } from "../../types/store.ts";
import type { SqlClient } from "./client.ts";
import type { SqlRow, SqlValue } from "./rows.ts";

export interface SqlAnswer {
  readonly rows: readonly SqlRow[];
  /** The number of rows that a writing statement matched. */
  readonly count: number;
}

/** A statement that was handed to the driver. */
export interface PendingQuery {
  readonly answer: Promise<SqlAnswer>;
  /** Called when the caller stops waiting. A statement that was not sent yet must never take effect. */
  abandon(): void;
}

/** What the store needs of the client package of a database server. */
export interface SqlDriver {
  /** Sends one statement, in one round trip. */
  send(statement: string, values: readonly SqlValue[]): PendingQuery;
  close(): Promise<void>;
}

/** How the errors of a database are classified. */
export interface SqlErrorPolicy {
  /** Returns whether the server rolled the statement back because of concurrent work; a retry may succeed at once. */
  isTransient(error: unknown): boolean;
  /** Converts an error: a `SessionError` where nothing can have been written, else the error itself. */
  failure(error: unknown): unknown;
}

/** Deadlocks need one or two attempts; serializable transactions may need more. */
const maxAttempts = 10;

/** Creates a client for a server: it retries transient failures and abandons queries whose caller stopped waiting. */
export function serverClient(driver: SqlDriver, { isTransient, failure }: SqlErrorPolicy): SqlClient {
  const query = async (
    statement: string,
    values: readonly SqlValue[],
    call: StoreCall | undefined,
  ): Promise<SqlAnswer> => {
    const signal = call?.signal;
    for (let attempt = 1; ; attempt++) {
      try {
        return await unlessAborted(signal, () => driver.send(statement, values));
      } catch (error) {
        if (signal?.aborted || attempt === maxAttempts || !isTransient(error)) throw failure(error);
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** attempt, 50)));
    }
  };

  return {
    run: async (statement, values, call) => (await query(statement, values, call)).count,
    all: async (statement, values, call) => (await query(statement, values, call)).rows,
    close: () => driver.close(),
  };
}

/** Sends a query and rejects with the signal's reason as soon as the signal is aborted. */
function unlessAborted(signal: AbortSignal | undefined, send: () => PendingQuery): Promise<SqlAnswer> {
  if (!signal) return send().answer;
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const { answer, abandon } = send();
    const stop = (): void => {
      abandon();
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
    const stopListening = (): void => signal.removeEventListener("abort", stop);
    answer.then(
      (result) => {
        stopListening();
        resolve(result);
      },
      (error) => {
        stopListening();
        reject(error);
      },
    );
  });
}
