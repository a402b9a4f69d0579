import { type OnResult, sendPooled } from "../sql/pooled-query.ts";
import type { SqlAnswer } from "../sql/server-client.ts";
import type { SqlRow, SqlValue } from "../sql/store.ts";
import { database, isDuplicate, isSoundAfter, isUnprepared } from "./errors.ts";
import type { MysqlSender } from "./settings.ts";
import { type Parameter, parametersOf, withValues } from "./text.ts";

interface MysqlField {
  string(encoding: string): string | null;
}

interface MysqlQuery {
  readonly sql: string;
  readonly values: Parameter[];
  readonly rowsAsArray: true;
  readonly nestTables: false;
  readonly typeCast: true | ((field: MysqlField) => string | null);
}

interface MysqlHeader {
  readonly affectedRows: number;
  readonly insertId: number | string;
}

/** What is used of a connection of the package mysql2, as it is with callbacks. */
export interface MysqlConnection {
  readonly config?: { readonly typeCast?: unknown };
  query(query: MysqlQuery, over: (error: unknown, result: unknown) => void): { sql: string };
}

interface MysqlPoolConnection extends MysqlConnection {
  /** As `query`, but the statement is prepared, once on each connection. */
  execute(query: MysqlQuery, over: (error: unknown, result: unknown) => void): unknown;
  on(event: "error", listener: () => void): unknown;
  removeListener(event: "error", listener: () => void): unknown;
  release(): void;
  destroy(): void;
}

/** What is used of a pool of the package mysql2, as it is with callbacks. */
export interface MysqlPool {
  getConnection(had: (error: unknown, connection: MysqlPoolConnection) => void): void;
}

/** Rows as arrays, whatever the application's own settings make of them. */
const settings = { rowsAsArray: true, nestTables: false } as const;

const asText = (field: MysqlField): string | null => field.string("utf8");

/** Whether the application reads values in a way of its own, which only another such function keeps from ours, at a cost. */
const castsTypes = ({ config }: MysqlConnection): boolean => typeof config?.typeCast === "function";

const toQuery = (connection: MysqlConnection, sql: string, values: Parameter[] = []): MysqlQuery => ({
  ...settings,
  sql,
  values,
  typeCast: castsTypes(connection) ? asText : true,
});

/** With LIMIT not, which takes no floating-point number, and mysql2 sends numbers as such. */
const isPreparable = (connection: MysqlConnection, statement: string, { length }: readonly SqlValue[]): boolean =>
  length > 0 && !statement.includes("LIMIT ?") && !castsTypes(connection);

/** Bytes become text, as which their columns were written. */
const toValue = (value: unknown): unknown => (typeof value === "object" && value !== null ? String(value) : value);

function toAnswer(result: unknown): SqlAnswer {
  if (Array.isArray(result)) return { rows: (result as SqlRow[]).map((row) => row.map(toValue)), count: 0 };
  const { affectedRows, insertId } = result as MysqlHeader;
  // A row that was touched and did not change tells its version by the id.
  return { rows: [], count: affectedRows || (Number(insertId) > 0 ? 1 : 0) };
}

const answerTo =
  (over: OnResult, template: string) =>
  (error: unknown, result: unknown): void => {
    if (!error) over(undefined, toAnswer(result));
    else if (isDuplicate(error)) over(undefined, { rows: [], count: 0 });
    // mysql2 keeps the statement with the error, its values too, and an error may be printed.
    else over(Object.assign(error, { sql: template }));
  };

const ignore = (): void => {};

/**
 * Has statements prepared: the server parses each once on each connection, which is a large part of its work. Where the server
 * turns out to have no room for them, or something in front of it not to know them, they go as text from then on.
 */
export function poolSender(pool: MysqlPool, close: () => Promise<void> = async () => {}): MysqlSender {
  let prepares = true;
  return {
    send: (statement, values) =>
      sendPooled(
        database,
        (had) =>
          pool.getConnection((failure, connection) => {
            if (failure) return had(failure);
            had(undefined, {
              send(over) {
                // A connection that breaks while nobody listens would end the process.
                connection.on("error", ignore);
                const answered = answerTo((error, answer) => {
                  if (isUnprepared(error)) prepares = false;
                  over(error, answer);
                }, statement);
                if (prepares && isPreparable(connection, statement, values)) {
                  connection.execute(toQuery(connection, statement, parametersOf(values)), answered);
                } else {
                  connection.query(toQuery(connection, withValues(statement, values)), answered);
                }
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
    send(statement, values) {
      let command: { sql: string } | undefined;
      const answer = new Promise<SqlAnswer>((resolve, reject) => {
        const over: OnResult = (error, given) => (given ? resolve(given) : reject(error));
        command = connection.query(toQuery(connection, withValues(statement, values)), answerTo(over, statement));
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
