import { database, isDuplicate, isSoundAfter } from "./_mysql-errors.ts";
import type { MysqlSender } from "./_mysql-settings.ts";
import type { SqlRow } from "./_sql.ts";
import { type Over, sendOnLease } from "./_sql-lease.ts";
import type { SqlAnswer } from "./_sql-server.ts";

interface MysqlField {
  string(encoding: string): string | null;
}

interface MysqlQuery {
  readonly sql: string;
  readonly values: readonly never[];
  readonly rowsAsArray: true;
  readonly typeCast: (field: MysqlField) => string | null;
}

interface MysqlHeader {
  readonly affectedRows: number;
  readonly insertId: number | string;
}

type Result = readonly SqlRow[] | MysqlHeader;

/** What is used of a connection of the package mysql2, as it is with callbacks. */
export interface MysqlConnection {
  query(query: MysqlQuery, over: (error: unknown, result: Result) => void): { sql: string };
}

interface MysqlPoolConnection extends MysqlConnection {
  on(event: "error", listener: () => void): unknown;
  removeListener(event: "error", listener: () => void): unknown;
  release(): void;
  destroy(): void;
}

/** What is used of a pool of the package mysql2, as it is with callbacks. */
export interface MysqlPool {
  getConnection(had: (error: unknown, connection: MysqlPoolConnection) => void): void;
}

/** Everything as text, whatever the application's own settings make of columns. */
const asText = (field: MysqlField): string | null => field.string("utf8");

const toQuery = (sql: string): MysqlQuery => ({ sql, values: [], rowsAsArray: true, typeCast: asText });

function toAnswer(result: Result): SqlAnswer {
  if (Array.isArray(result)) return { rows: result, count: 0 };
  const { affectedRows, insertId } = result as MysqlHeader;
  // A row that was touched and did not change tells its version by the id.
  return { rows: [], count: affectedRows || (Number(insertId) > 0 ? 1 : 0) };
}

const answerTo =
  (over: Over, template: string) =>
  (error: unknown, result: Result): void => {
    if (!error) over(undefined, toAnswer(result));
    else if (isDuplicate(error)) over(undefined, { rows: [], count: 0 });
    // mysql2 keeps the statement with the error, its values too, and an error may be printed.
    else over(Object.assign(error, { sql: template }));
  };

const ignore = (): void => {};

export function poolSender(pool: MysqlPool, close: () => Promise<void> = async () => {}): MysqlSender {
  return {
    send: (statement, template) =>
      sendOnLease(
        database,
        (had) =>
          pool.getConnection((failure, connection) => {
            if (failure) return had(failure);
            had(undefined, {
              send(over) {
                // A connection that breaks while nobody listens would end the process.
                connection.on("error", ignore);
                connection.query(toQuery(statement), answerTo(over, template));
              },
              release(isSound) {
                if (!isSound) return connection.destroy();
                connection.removeListener("error", ignore);
                connection.release();
              },
            });
          }),
        isSoundAfter,
      ),
    close,
  };
}

/** One connection, which others may use as well: a statement may have to wait for theirs. */
export function connectionSender(connection: MysqlConnection): MysqlSender {
  return {
    send(statement, template) {
      let command: { sql: string } | undefined;
      const answer = new Promise<SqlAnswer>((resolve, reject) => {
        const over: Over = (error, given) => (given ? resolve(given) : reject(error));
        command = connection.query(toQuery(statement), answerTo(over, template));
      });
      // mysql2 reads the text when it sends.
      const abandon = (): void => {
        if (command) command.sql = "DO 0";
      };
      return { answer, abandon };
    },
    close: async () => {},
  };
}
