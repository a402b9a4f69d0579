import { invalidOption } from "../../types/errors.ts";

/** Checks the keys of `pepper`. Messages name a key by its position and never print it. @throws SessionError INVALID_OPTION */
export function pepperKeys(given: unknown): readonly string[] {
  if (given === undefined) return [];
  const keys: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (keys.length === 0) throw invalidOption("pepper is an empty list. Leave it out, or give it a key.");
  for (const [at, key] of keys.entries()) {
    const which = `pepper: key ${at + 1} of ${keys.length}`;
    if (typeof key !== "string" || !/^(?:[\w-]{43}|[0-9a-f]{64})$/i.test(key) || /^(.{1,4})\1+.{0,3}$/.test(key)) {
      throw invalidOption(`${which} must be 32 random bytes in base64url or hex; make one with generateKey().`);
    }
    if (keys.indexOf(key) !== at) throw invalidOption(`${which} is there twice. Remove one of them.`);
  }
  return keys as readonly string[];
}
