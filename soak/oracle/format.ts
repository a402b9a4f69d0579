import type { Result } from "../protocol.ts";
import { idOf } from "../workload/admin-operations.ts";
import type { StartedOperation } from "./started-operation.ts";

/** Tokens by their last letters only: enough to tell one from another. */
export function sentence(
  { operation, began }: StartedOperation,
  { outcome, given, number, text, texts }: Result,
  at: number,
): string {
  const { action, token, key, value } = operation;
  const details = {
    ...(token !== undefined && { token: token.slice(-4) }),
    ...(given !== undefined && { given: `${idOf(given).slice(0, 4)}…${given.slice(-4)}` }),
    ...{ key, value, number, text, texts: action === "list" ? undefined : texts },
  };
  return `${began.toFixed(1)} to ${at.toFixed(1)} ms: ${action} ${outcome} ${JSON.stringify(details)}`;
}
