import { type Acquire, type OnResult, sendPooled } from "../sql/pooled-query.ts";
import type { SqlRow, SqlValue } from "../sql/rows.ts";
import type { PendingQuery, SqlAnswer, SqlDriver } from "../sql/server-client.ts";
import { leakedTransaction } from "../sql/transaction.ts";
import { database, isSoundAfter } from "./errors.ts";
import { statementNames } from "./names.ts";

export interface PgQuery {
  readonly text: string;
  readonly values: SqlValue[];
  readonly rowMode: "array";
  readonly name: string | undefined;
}

export interface PgResult {
  readonly rows: readonly SqlRow[];
  readonly rowCount: number | null;
}

/** The part of a connected `Client` of the package pg that the store uses. */
export interface PgClient {
  /** Absent in older versions. */
  getTransactionStatus?(): string | null;
  query(query: PgQuery, onResult: (error: unknown, result: PgResult) => void): unknown;
}

interface PgPoolClient extends PgClient {
  on(event: "error", listener: (error: unknown) => void): unknown;
  removeListener(event: "error", listener: (error: unknown) => void): unknown;
}

/** The part of a `Pool` of the package pg that the store uses. */
export interface PgPool {
  readonly totalCount: number;
  connect(
    onAcquired: (error: unknown, client: PgPoolClient | undefined, release: (error?: boolean) => void) => void,
  ): unknown;
}

export const toQuery = (text: string, values: readonly SqlValue[], name?: string): PgQuery => ({
  text,
  values: [...values],
  rowMode: "array",
  name,
});

const toAnswer = ({ rows, rowCount }: PgResult): SqlAnswer => ({ rows, count: rowCount ?? 0 });

export const answerTo =
  (onResult: OnResult) =>
  (error: unknown, result: PgResult): void =>
    error ? onResult(error) : onResult(undefined, toAnswer(result));

/** Whether the application returned the connection to the pool without having ended its transaction. */
const isLeaked = (client: PgClient): boolean => ["T", "E"].includes(String(client.getTransactionStatus?.()));

export function pgPoolDriver(pool: PgPool, close: () => Promise<void> = async () => {}): SqlDriver {
  const names = statementNames();
  const send = (text: string, values: readonly SqlValue[]): PendingQuery => {
    const acquire: Acquire = (onAcquired) => {
      pool.connect((failure, client, release) => {
        if (!client) return onAcquired(failure);
        let lost: OnResult | undefined;
        const listener = (error: unknown): void => lost?.(error);
        onAcquired(undefined, {
          send(onResult) {
            lost = onResult;
            if (isLeaked(client)) return onResult(leakedTransaction(database));
            // Without a listener, a connection that breaks would end the process.
            client.on("error", listener);
            const name = values.length > 0 ? names.nameOf(text) : undefined;
            const answered = (error: unknown, answer?: SqlAnswer): void => {
              names.noteError(error);
              onResult(error, answer);
            };
            client.query(toQuery(text, values, name), answerTo(answered));
          },
          release(isSound) {
            if (lost) client.removeListener("error", listener);
            release(!isSound);
          },
        });
      });
    };
    return sendPooled(database, acquire, isSoundAfter);
  };
  return { send, close };
}
