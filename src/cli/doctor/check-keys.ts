import { pepperKeys } from "../../core/config/pepper.ts";
import { parseKeys } from "../../crypto/parse-keys.ts";
import { SessionError } from "../../types/errors.ts";
import type { Host } from "../host.ts";
import { keysIn } from "../settings.ts";
import { type Finding, fault, ok } from "./finding.ts";

/** Whether the keys in the environment are random bytes of the right length. They are not printed. */
export function checkKeys({ env }: Host): Finding[] {
  return [
    ...judged("SESSION_KEYS", keysIn(env.SESSION_KEYS), (keys) => parseKeys(keys, "cookieStore")),
    ...judged("SESSION_PEPPER", keysIn(env.SESSION_PEPPER), pepperKeys),
  ];
}

function judged(name: string, keys: readonly string[], parse: (keys: readonly string[]) => unknown): Finding[] {
  if (keys.length === 0) return [];
  try {
    parse(keys);
  } catch (error) {
    if (!SessionError.is(error)) throw error;
    return [fault("keys", `${name}: ${error.message}`)];
  }
  return [ok("keys", `${name} has ${keys.length === 1 ? "one good key" : `${keys.length} good keys`}.`)];
}
