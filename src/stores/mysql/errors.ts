import { SessionError } from "../../types/errors.ts";
import { refused } from "../sql/errors.ts";
import type { SqlErrorPolicy } from "../sql/server-client.ts";
import { isLeakedTransaction } from "../sql/transaction.ts";

export const database = "MySQL";

interface MysqlError {
  readonly errno?: unknown;
  readonly sqlState?: unknown;
}

/**
 * An error of the server means that it rolled the statement back, except for these: the server is shutting down (1053),
 * the connection was lost (1152, 1158 to 1161, 1184, 1927), or a commit failed half-way (1180).
 */
const ambiguous: ReadonlySet<unknown> = new Set([1053, 1152, 1158, 1159, 1160, 1161, 1180, 1184, 1927]);

/** Deadlock; a row that changed under a snapshot (MariaDB); a transaction that a replication group rejected. */
const transient: ReadonlySet<unknown> = new Set([1213, 1020, 3101]);

/** Read-only: the server is no longer the primary, and a new connection may find the new one. */
const readOnly: ReadonlySet<unknown> = new Set([1290, 1792, 1836]);

const numberOf = (error: unknown): unknown => (Object(error) as MysqlError).errno;

const isRefusal = (error: unknown): boolean =>
  typeof (Object(error) as MysqlError).sqlState === "string" && !ambiguous.has(numberOf(error));

export const isDuplicate = (error: unknown): boolean => numberOf(error) === 1062;

/**
 * The server has reached its limit of prepared statements (1461), has dropped this one (1243, 1615), or supports none
 * (1295), like some proxies. It has executed nothing.
 */
const unprepared: ReadonlySet<unknown> = new Set([1243, 1295, 1461, 1615]);

export const isUnprepared = (error: unknown): boolean => unprepared.has(numberOf(error));

export const errorPolicy: SqlErrorPolicy = {
  isTransient: (error) => transient.has(numberOf(error)) || isUnprepared(error) || isLeakedTransaction(error),
  failure: (error) => (isRefusal(error) ? refused(database, error) : error),
};

export const isSoundAfter = (error: unknown): boolean => isRefusal(error) && !readOnly.has(numberOf(error));

export function packetTooLarge(bytes: number, maxBytes: number): SessionError {
  return new SessionError(
    "STORE_UNAVAILABLE",
    `This change of a session needs a statement of ${bytes} bytes, and MySQL's max_allowed_packet is ${maxBytes}. Nothing was written. Raise max_allowed_packet to more than twice the maxBytes of the sessions.`,
  );
}
