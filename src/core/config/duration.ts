import ms from "ms";
import { invalidOption } from "../../types/errors.ts";
import type { Duration } from "../../types/limits.ts";
import { kindOf } from "../language/known-keys.ts";

const pattern = /^\d+(\.\d+)?(ms|s|m|h|d|w)$/;

/** Converts a duration such as `"30m"` to milliseconds. @throws SessionError INVALID_OPTION naming the option */
export function milliseconds(value: Duration, option: string, others = ""): number {
  const amount = typeof value === "string" && pattern.test(value) ? ms(value) : Number.NaN;
  if (amount >= 1 && amount <= Number.MAX_SAFE_INTEGER) return Math.round(amount);
  throw invalidOption(
    `${option} must be a positive duration such as "30s", "15m", "8h" or "30d"${others}, and is ${typeof value === "string" ? "another text" : kindOf(value)}.`,
  );
}

/** Converts a duration, or returns `undefined` if the limit is off. */
export function optionalMilliseconds(value: Duration | false, option: string): number | undefined {
  return value === false ? undefined : milliseconds(value, option);
}
