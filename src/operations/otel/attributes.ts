import type { Attributes } from "@opentelemetry/api";
import { isError } from "../../core/language/shape.ts";
import { SessionError } from "../../types/errors.ts";
import type { StoreOutcome } from "../shared/timing.ts";
import type { StoreOperation } from "../shared/wrap-store.ts";

/** The names of the semantic conventions for stores whose own are others. */
const systems: Readonly<Record<string, string>> = {
  postgres: "postgresql",
  d1: "sqlite",
  "durable-object": "sqlite",
};

/** What an operation is, by the semantic conventions of database clients. */
export const operationAttributes = (store: string, operation: StoreOperation): Attributes => ({
  "db.system.name": Object.hasOwn(systems, store) ? systems[store] : store,
  "db.operation.name": operation,
});

/** What came of it. `error.type` is there only if it failed. */
export function outcomeAttributes(outcome: StoreOutcome, error: unknown): Attributes {
  const attributes = { "coatcheck.store.outcome": outcome };
  return outcome === "failed" ? { ...attributes, "error.type": errorType(error) } : attributes;
}

/** Returns one of few values for an error: its code, or the name of its class. */
function errorType(error: unknown): string {
  const code: unknown = SessionError.is(error) ? error.code : Object(error).code;
  if (typeof code === "string" && /^\w{1,40}$/.test(code)) return code;
  return isError(error) && /^\w{1,40}$/.test(error.name) ? error.name : "_OTHER";
}
