import { kindOf } from "../../core/language/known-keys.ts";
import { isBytes } from "../../core/language/shape.ts";
import { invalidOption } from "../../types/errors.ts";
import type { Secret } from "./mac.ts";

/** One key, or several: the first signs, all are accepted. */
export type Secrets = Secret | readonly Secret[];

/** @throws SessionError INVALID_OPTION */
export function listOf(option: string, secrets: Secrets): readonly Secret[] {
  const list: readonly unknown[] = Array.isArray(secrets) ? secrets : [secrets];
  const isSecret = (one: unknown): one is Secret =>
    typeof one === "string" ? one !== "" : isBytes(one) && one.byteLength > 0;
  if (list.length > 0 && list.every(isSecret)) return list;
  throw invalidOption(
    `${option} must be the old library's own, as a text or bytes, or a list of them. It is ${kindOf(secrets)}.`,
  );
}
