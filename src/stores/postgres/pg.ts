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

/** What is used of a `Client` of the package pg, connected by the application. */
export interface PgClient {
  query(query: PgQuery, over: (error: unknown, result: PgResult) => void): unknown;
}

interface PgPoolClient extends PgClient {
  on(event: "error", listener: (error: unknown) => void): unknown;
  removeListener(event: "error", listener: (error: unknown) => void): unknown;
}

/** What is used of a `Pool` of the package pg. */
export interface PgPool {
  readonly totalCount: number;
  connect(had: (error: unknown, client: PgPoolClient | undefined, release: (error?: boolean) => void) => void): unknown;
}

const toQuery = (text: string, values: readonly SqlValue[], name?: string): PgQuery => ({
  text,
  values: [...values],
  rowMode: "array",
  name,
});

const toAnswer = ({ rows, rowCount }: PgResult): SqlAnswer => ({ rows, count: rowCount ?? 0 });

const answerTo =
  (over: OnResult) =>
  (error: unknown, result: PgResult): void =>
    error ? over(error) : over(undefined, toAnswer(result));

export function pgPoolDriver(pool: PgPool, close: () => Promise<void> = async () => {}): SqlDriver {
  const names = statementNames();
  const send = (text: string, values: readonly SqlValue[]): PendingQuery => {
    const acquire: Acquire = (had) => {
      pool.connect((failure, client, release) => {
        if (!client) return had(failure);
        let lost: OnResult | undefined;
        const listener = (error: unknown): void => lost?.(error);
        had(undefined, {
          send(over) {
            lost = over;
            // A connection that breaks while nobody listens would end the process.
            client.on("error", listener);
            const name = values.length > 0 ? names.nameOf(text) : undefined;
            const answered = (error: unknown, answer?: SqlAnswer): void => {
              names.learn(error);
              over(error, answer);
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

/** One connection, on which pg wants one statement after the other. */
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
      const acquire: Acquire = (had) => {
        const lease = { send: (over: OnResult) => void client.query(query, answerTo(over)), release: next };
        waiting.push(() => had(undefined, lease));
        if (!isBusy) next();
      };
      const sending = sendPooled(database, acquire, isSoundAfter);
      return {
        answer: sending.answer,
        abandon() {
          // Should the application have statements of its own in front: pg reads the values when it sends, and with none
          // no row is found, and an INSERT is refused.
          query.values.fill(null);
          sending.abandon();
        },
      };
    },
    close: async () => {},
  };
}
