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
  readonly values: never[];
  readonly rowsAsArray: true;
  readonly nestTables: false;
  readonly typeCast: (field: MysqlField) => string | null;
}

interface MysqlHeader {
  readonly affectedRows: number;
  readonly insertId: number | string;
}

/** What is used of a connection of the package mysql2, as it is with callbacks. */
export interface MysqlConnection {
  query(query: MysqlQuery, over: (error: unknown, result: unknown) => void): { sql: string };
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

/** Rows as arrays of text, whatever the application's own settings make of them. */
const settings = {
  rowsAsArray: true,
  nestTables: false,
  typeCast: (field: MysqlField): string | null => field.string("utf8"),
} as const;

const toQuery = (sql: string): MysqlQuery => ({ ...settings, sql, values: [] });

function toAnswer(result: unknown): SqlAnswer {
  if (Array.isArray(result)) return { rows: result as SqlRow[], count: 0 };
  const { affectedRows, insertId } = result as MysqlHeader;
  // A row that was touched and did not change tells its version by the id.
  return { rows: [], count: affectedRows || (Number(insertId) > 0 ? 1 : 0) };
}

const answerTo =
  (over: Over, template: string) =>
  (error: unknown, result: unknown): void => {
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
