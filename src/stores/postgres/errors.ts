import { SessionError } from "../../types/errors.ts";
import { codeOf } from "../shared/client-error.ts";
import { refused } from "../sql/errors.ts";
import type { SqlErrorPolicy } from "../sql/server-client.ts";
import { isUnknownName } from "./names.ts";

export const database = "PostgreSQL";

/**
 * An answer of the server means that it rolled the statement back. These do not say so: they tell of a connection or a
 * server that ends (08, 57P01, 57P02, 25P03 to 25P05), of damage (58, XX), or that the outcome is unknown (40003).
 */
const open = /^(08|58|XX|40003|57P0[125]|25P0[345])/;
const sqlState = /^[0-9A-Z]{5}$/;

const isRefusal = (error: unknown): boolean => {
  const code = codeOf(error);
  return typeof code === "string" && sqlState.test(code) && !open.test(code);
};

/** Serialization failure and deadlock. */
const transient: ReadonlySet<unknown> = new Set(["40001", "40P01"]);

/** What was not sent because of a connection that the server ended; postgres.js tells it to the first query of the next one. */
const isStale = (error: unknown): boolean => SessionError.is(error) && codeOf(error.cause) === "57P01";

export const verdict: SqlErrorPolicy = {
  isTransient: (error) => transient.has(codeOf(error)) || isStale(error) || isUnknownName(error),
  failure: (error) => (isRefusal(error) ? refused(database, error) : error),
};

/** Not after a read-only server's refusal either: it was the primary, and a new connection may find the one that is now. */
export const isSoundAfter = (error: unknown): boolean => isRefusal(error) && codeOf(error) !== "25006";
