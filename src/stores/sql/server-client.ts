import type { StoreCall } from "../../types/store.ts";
import type { SqlClient, SqlRow, SqlValue } from "./store.ts";

export interface SqlAnswer {
  readonly rows: readonly SqlRow[];
  /** How many rows a writing statement met. */
  readonly count: number;
}

/** A statement on its way. */
export interface PendingQuery {
  readonly answer: Promise<SqlAnswer>;
  /** Nobody waits any longer: if the statement was not sent yet, it must never do anything. */
  abandon(): void;
}

/** What a database server's client package has to offer. */
export interface SqlDriver {
  /** Sends one statement, in one round trip. */
  send(statement: string, values: readonly SqlValue[]): PendingQuery;
  close(): Promise<void>;
}

/** What a database's errors mean. */
export interface SqlErrorPolicy {
  /** The server rolled the statement back because of others at work; it may succeed at once. */
  isTransient(error: unknown): boolean;
  /** The same error as the store tells it: a SessionError where nothing can have been written. */
  failure(error: unknown): unknown;
}

/** Deadlocks end after one or two attempts; more are needed where all transactions are serializable. */
const attempts = 10;

/** A client of a server: asks once more where the server says so, and lets go of what nobody waits for. */
export function serverClient(driver: SqlDriver, { isTransient, failure }: SqlErrorPolicy): SqlClient {
  const ask = async (
    statement: string,
    values: readonly SqlValue[],
    call: StoreCall | undefined,
  ): Promise<SqlAnswer> => {
    const signal = call?.signal;
    for (let attempt = 1; ; attempt++) {
      try {
        return await unlessAborted(signal, () => driver.send(statement, values));
      } catch (error) {
        if (signal?.aborted || attempt === attempts || !isTransient(error)) throw failure(error);
      }
      await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** attempt, 50)));
    }
  };

  return {
    run: async (statement, values, call) => (await ask(statement, values, call)).count,
    all: async (statement, values, call) => (await ask(statement, values, call)).rows,
    close: () => driver.close(),
  };
}

/** @throws the reason of the signal as soon as it is aborted */
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
    const over = (): void => signal.removeEventListener("abort", stop);
    answer.then(
      (given) => {
        over();
        resolve(given);
      },
      (error) => {
        over();
        reject(error);
      },
    );
  });
}
