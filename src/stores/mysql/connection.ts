import type { OnResult } from "../sql/pooled-query.ts";
import type { SqlAnswer } from "../sql/server-client.ts";
import { inTransaction, joinedTransaction } from "../sql/transaction.ts";
import { answerTo, isInTransaction, type MysqlConnection, toQuery } from "./driver.ts";
import { database } from "./errors.ts";
import type { MysqlSender } from "./settings.ts";
import { withValues } from "./text.ts";

/** Does nothing, and its answer tells whether a transaction is open. */
const nothing = "DO 0";

/**
 * Sends statements on one connection, which may wait for statements of the application, and none within the
 * application's transactions. Each is two round trips: the first asks for a transaction, and nothing can come in between.
 */
export function connectionSender(connection: MysqlConnection): MysqlSender {
  return {
    send(statement, values) {
      let text = withValues(statement, values);
      let refusal: unknown = inTransaction(database);
      const answer = new Promise<SqlAnswer>((resolve, reject) => {
        const probe = connection.query(toQuery(connection, nothing), (error) => {
          if (error) refusal = error;
        });
        // Earlier than the callback, which comes after mysql2 has sent the next command.
        probe.on("result", (result) => {
          if (!isInTransaction(result)) refusal = undefined;
        });
        const onResult: OnResult = (error, result) => {
          if (error ?? refusal) reject(error ?? refusal);
          else if (result) resolve(result);
        };
        const answered = answerTo(onResult, statement);
        const command = connection.query(toQuery(connection, nothing), (error, result) =>
          // With autocommit off, the statement itself began the transaction.
          refusal === undefined && isInTransaction(result)
            ? reject(joinedTransaction(database))
            : answered(error, result),
        );
        // mysql2 reads the statement when it sends it.
        Object.defineProperty(command, "sql", { get: () => (refusal === undefined ? text : nothing) });
      });
      const abandon = (): void => {
        text = nothing;
      };
      return { answer, abandon };
    },
    close: async () => {},
  };
}
