import { type OnResult, sendPooled } from "../sql/pooled-query.ts";
import type { SqlRow, SqlValue } from "../sql/rows.ts";
import type { SqlAnswer } from "../sql/server-client.ts";
import { leakedTransaction } from "../sql/transaction.ts";
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

/** The flag of `serverStatus` that means: a transaction is open. */
const IN_TRANS = 1;

/** Whether a statement that returned no rows was, or is, part of a transaction that is not complete with it. */
export const isInTransaction = (result: unknown): boolean => (Number(Object(result).serverStatus) & IN_TRANS) !== 0;

interface MysqlCommand {
  on(event: "result", listener: (result: unknown) => void): unknown;
}

/** The part of a mysql2 connection (callback API) that the store uses. */
export interface MysqlConnection {
  readonly config?: { readonly typeCast?: unknown };
  query(query: MysqlQuery, onResult: (error: unknown, result: unknown) => void): MysqlCommand;
}

interface MysqlPoolConnection extends MysqlConnection {
  /** Like `query`, but prepares the statement, once per connection. */
  execute(query: MysqlQuery, onResult: (error: unknown, result: unknown) => void): unknown;
  on(event: "error", listener: () => void): unknown;
  removeListener(event: "error", listener: () => void): unknown;
  release(): void;
  destroy(): void;
}

/** The part of a mysql2 pool (callback API) that the store uses. */
export interface MysqlPool {
  getConnection(onAcquired: (error: unknown, connection: MysqlPoolConnection) => void): void;
}

/** Returns rows as arrays, whatever the application configured. */
const settings = { rowsAsArray: true, nestTables: false } as const;

const asText = (field: MysqlField): string | null => field.string("utf8");

/** Whether the application configured a type cast. Only a type cast of the query's own overrides it, at a cost. */
const castsTypes = ({ config }: MysqlConnection): boolean => typeof config?.typeCast === "function";

export const toQuery = (connection: MysqlConnection, sql: string, values: Parameter[] = []): MysqlQuery => ({
  ...settings,
  sql,
  values,
  typeCast: castsTypes(connection) ? asText : true,
});

/** Not with LIMIT, which accepts no floating-point number, and mysql2 sends numbers as such. */
const isPreparable = (connection: MysqlConnection, statement: string, { length }: readonly SqlValue[]): boolean =>
  length > 0 && !statement.includes("LIMIT ?") && !castsTypes(connection);

/** Converts byte columns to strings. */
const toValue = (value: unknown): unknown => (typeof value === "object" && value !== null ? String(value) : value);

function toAnswer(result: unknown): SqlAnswer {
  if (Array.isArray(result)) return { rows: (result as SqlRow[]).map((row) => row.map(toValue)), count: 0 };
  const { affectedRows, insertId } = result as MysqlHeader;
  // A row that was touched without a change reports its version as the insert id.
  return { rows: [], count: affectedRows || (Number(insertId) > 0 ? 1 : 0) };
}

export const answerTo =
  (onResult: OnResult, template: string) =>
  (error: unknown, result: unknown): void => {
    if (!error) onResult(undefined, toAnswer(result));
    else if (isDuplicate(error)) onResult(undefined, { rows: [], count: 0 });
    // mysql2 attaches the statement with its values to the error, and an error may be logged.
    else onResult(Object.assign(error, { sql: template }));
  };

const ignore = (): void => {};

/**
 * Sends statements on a pool, prepared: the server parses each once per connection, which is a large part of its work.
 * If the server has no space for prepared statements, or a proxy does not support them, sends plain statements from then on.
 */
export function poolSender(pool: MysqlPool, close: () => Promise<void> = async () => {}): MysqlSender {
  let prepares = true;
  return {
    send: (statement, values) =>
      sendPooled(
        database,
        (onAcquired) =>
          pool.getConnection((failure, connection) => {
            if (failure) return onAcquired(failure);
            onAcquired(undefined, {
              send(onResult) {
                // Without a listener, a connection that breaks would end the process.
                connection.on("error", ignore);
                const answer = answerTo((error, answer) => {
                  if (isUnprepared(error)) prepares = false;
                  onResult(error, answer);
                }, statement);
                const answered: typeof answer = (error, result) =>
                  isInTransaction(result) ? onResult(leakedTransaction(database)) : answer(error, result);
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
