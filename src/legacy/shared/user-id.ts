import { checkUserId } from "../../core/request/session-changes.ts";

/** Whether this is what `login()` takes. */
export function isUserId(value: unknown): value is string {
  try {
    checkUserId(value);
    return true;
  } catch {
    return false;
  }
}
