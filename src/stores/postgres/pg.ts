import { type Acquire, type OnResult, sendPooled } from "../sql/pooled-query.ts";
import type { PendingQuery, SqlAnswer, SqlDriver } from "../sql/server-client.ts";
import type { SqlRow, SqlValue } from "../sql/store.ts";
import { database, isSoundAfter } from "./errors.ts";
import { statementNames } from "./names.ts";

interface PgQuery {
  readonly text: string;
  readonly values: SqlValue[];
  readonly rowMode: "array";
  readonly name: string | undefined;
}

interface PgResult {
  readonly rows: readonly SqlRow[];
  readonly rowCount: number | null;
}

/** The part of a connected `Client` of the package pg that the store uses. */
export interface PgClient {
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

const toQuery = (text: string, values: readonly SqlValue[], name?: string): PgQuery => ({
  text,
  values: [...values],
  rowMode: "array",
  name,
});

const toAnswer = ({ rows, rowCount }: PgResult): SqlAnswer => ({ rows, count: rowCount ?? 0 });

const answerTo =
  (onResult: OnResult) =>
  (error: unknown, result: PgResult): void =>
    error ? onResult(error) : onResult(undefined, toAnswer(result));

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

/** Sends statements on one connection, one after the other, as pg requires. */
export function pgClientDriver(client: PgClient): SqlDriver {
  const waiting: (() => void)[] = [];
  let isBusy = false;
  const next = (): void => {
    const start = waiting.shift();
    isBusy = start !== undefined;
    start?.();
  };

  return {
    send(text, values) {
      const query = toQuery(text, values);
      const acquire: Acquire = (onAcquired) => {
        const connection = {
          send: (onResult: OnResult) => void client.query(query, answerTo(onResult)),
          release: next,
        };
        waiting.push(() => onAcquired(undefined, connection));
        if (!isBusy) next();
      };
      const pending = sendPooled(database, acquire, isSoundAfter);
      return {
        answer: pending.answer,
        abandon() {
          // The query may wait behind statements of the application. pg reads the values when it sends: with nulls the
          // query matches no row, and an INSERT fails.
          query.values.fill(null);
          pending.abandon();
        },
      };
    },
    close: async () => {},
  };
}
