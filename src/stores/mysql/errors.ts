import { SessionError } from "../../types/errors.ts";
import { refused } from "../sql/errors.ts";
import type { SqlErrorPolicy } from "../sql/server-client.ts";

export const database = "MySQL";

interface MysqlError {
  readonly errno?: unknown;
  readonly sqlState?: unknown;
}

/**
 * An answer of the server means that it rolled the statement back. These do not say so: the server ends (1053), the
 * connection ended (1152, 1158 to 1161, 1184, 1927), or a commit failed half-way (1180).
 */
const open: ReadonlySet<unknown> = new Set([1053, 1152, 1158, 1159, 1160, 1161, 1180, 1184, 1927]);

/** Deadlock; a row that changed under a snapshot (MariaDB); a transaction that a replication group turned away. */
const transient: ReadonlySet<unknown> = new Set([1213, 1020, 3101]);

/** Read only: it was the primary, and a new connection may find the one that is now. */
const readOnly: ReadonlySet<unknown> = new Set([1290, 1792, 1836]);

const numberOf = (error: unknown): unknown => (Object(error) as MysqlError).errno;

const isRefusal = (error: unknown): boolean =>
  typeof (Object(error) as MysqlError).sqlState === "string" && !open.has(numberOf(error));

export const isDuplicate = (error: unknown): boolean => numberOf(error) === 1062;

/**
 * The server keeps no more prepared statements (1461), does not know one any more (1243, 1615), or prepares none (1295), as
 * proxies may. It has done nothing.
 */
const unprepared: ReadonlySet<unknown> = new Set([1243, 1295, 1461, 1615]);

export const isUnprepared = (error: unknown): boolean => unprepared.has(numberOf(error));

export const verdict: SqlErrorPolicy = {
  isTransient: (error) => transient.has(numberOf(error)) || isUnprepared(error),
  failure: (error) => (isRefusal(error) ? refused(database, error) : error),
};

export const isSoundAfter = (error: unknown): boolean => isRefusal(error) && !readOnly.has(numberOf(error));

export function tooLong(bytes: number, longest: number): SessionError {
  return new SessionError(
    "STORE_UNAVAILABLE",
    `This change of a session takes a statement of ${bytes} bytes, and MySQL's max_allowed_packet is ${longest}. Nothing was written. Raise max_allowed_packet to more than twice the maxBytes of the sessions.`,
  );
}
