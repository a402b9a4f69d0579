import { type Acquire, type OnResult, sendPooled } from "../sql/pooled-query.ts";
import type { SqlDriver } from "../sql/server-client.ts";
import { inTransaction, joinedTransaction } from "../sql/transaction.ts";
import { database, isSoundAfter } from "./errors.ts";
import { answerTo, type PgClient, type PgQuery, toQuery } from "./pg.ts";

/** The class of pg whose objects are queries. pg calls `submit` when the query's turn has come. */
interface Query {
  submit(connection: unknown): Error | null;
}
type QueryClass = new (query: PgQuery) => Query;

interface Connection {
  prependListener(event: "readyForQuery", listener: (message: { readonly status?: unknown }) => void): unknown;
}

/** Sends statements on one connection, one after the other, as pg requires, and none within the application's transactions. */
export function pgClientDriver(client: PgClient): SqlDriver {
  const waiting: (() => void)[] = [];
  let isBusy = false;
  const next = (): void => {
    const start = waiting.shift();
    isBusy = start !== undefined;
    start?.();
  };
  const statusOf = followStatus(client);
  const isInTransaction = (): boolean => ["T", "E"].includes(String(statusOf()));

  /** Not decided before the query's turn: a BEGIN of the application may be waiting in front of it. */
  const guarded = (query: PgQuery): PgQuery => {
    const { Query } = client.constructor as { readonly Query?: QueryClass };
    if (Query === undefined) return query;
    const made = new Query(query);
    const submit = made.submit.bind(made);
    made.submit = (connection) => (isInTransaction() ? inTransaction(database) : submit(connection));
    return made as unknown as PgQuery;
  };

  return {
    send(text, values) {
      const query = toQuery(text, values);
      const acquire: Acquire = (onAcquired) => {
        const connection = {
          send(onResult: OnResult) {
            const onAnswer = answerTo((error, answer) =>
              // In pg's pipeline mode a query is sent before the answers to those in front of it are known.
              error === undefined && isInTransaction()
                ? onResult(joinedTransaction(database))
                : onResult(error, answer),
            );
            client.query(guarded(query), onAnswer);
          },
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

/** Returns a function that returns the transaction status that the server last reported: I, T (in one), E (in a failed one). */
function followStatus(client: PgClient): () => unknown {
  const { getTransactionStatus, connection } = client as Partial<PgClient & { readonly connection: Connection }>;
  if (typeof getTransactionStatus === "function") return () => client.getTransactionStatus?.();
  let status: unknown;
  // In front of pg's own listener, which sends the next query.
  connection?.prependListener?.("readyForQuery", (message) => {
    status = message.status;
  });
  return () => status;
}
