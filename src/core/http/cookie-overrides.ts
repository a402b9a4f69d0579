import { invalidOption } from "../../types/errors.ts";
import type { CookieOverrides } from "../../types/transport.ts";

const rules: { readonly [K in keyof CookieOverrides]-?: ReadonlyArray<CookieOverrides[K]> } = {
  sameSite: ["lax", "strict", "none"],
  httpOnly: [true, false],
  priority: ["low", "medium", "high"],
};

/**
 * Checks attributes that may be untrusted at run time: a string such as `lax; Domain=…` must never reach a header.
 *
 * @throws SessionError INVALID_OPTION
 */
export function checkOverrides(overrides: CookieOverrides): void {
  for (const [attribute, value] of Object.entries(overrides)) {
    const allowed: readonly unknown[] | undefined = Object.hasOwn(rules, attribute)
      ? rules[attribute as keyof CookieOverrides]
      : undefined;
    if (!allowed) {
      throw invalidOption(
        `A session can change sameSite, httpOnly and priority of its cookie, not ${JSON.stringify(attribute)}.`,
      );
    }
    if (value !== undefined && !allowed.includes(value)) {
      const words = allowed.map((word) => JSON.stringify(word)).join(", ");
      throw invalidOption(`The cookie attribute ${attribute} must be one of ${words}. Other values are never sent.`);
    }
  }
}
