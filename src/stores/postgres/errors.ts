import { SessionError } from "../../types/errors.ts";
import { codeOf } from "../shared/client-error.ts";
import { refused } from "../sql/errors.ts";
import type { SqlErrorPolicy } from "../sql/server-client.ts";
import { isLeakedTransaction } from "../sql/transaction.ts";
import { isUnknownName } from "./names.ts";

export const database = "PostgreSQL";

/**
 * An error of the server means that it rolled the statement back, except for these: a connection or server that ends (08,
 * 57P01, 57P02, 25P03 to 25P05), damage (58, XX), or an unknown outcome (40003).
 */
const open = /^(08|58|XX|40003|57P0[125]|25P0[345])/;
const sqlState = /^[0-9A-Z]{5}$/;

const isRefusal = (error: unknown): boolean => {
  const code = codeOf(error);
  return typeof code === "string" && sqlState.test(code) && !open.test(code);
};

/** Serialization failure and deadlock. */
const transient: ReadonlySet<unknown> = new Set(["40001", "40P01"]);

/** A query that was not sent, because the server had closed the connection: postgres.js reports that to the next query. */
const isStale = (error: unknown): boolean => SessionError.is(error) && codeOf(error.cause) === "57P01";

export const errorPolicy: SqlErrorPolicy = {
  isTransient: (error) =>
    transient.has(codeOf(error)) || isStale(error) || isUnknownName(error) || isLeakedTransaction(error),
  failure: (error) => (isRefusal(error) ? refused(database, error) : error),
};

/** Not after a refusal as read-only: the server is no longer the primary, and a new connection may find the new one. */
export const isSoundAfter = (error: unknown): boolean => isRefusal(error) && codeOf(error) !== "25006";
