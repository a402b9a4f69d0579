import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { invalidOption } from "../../types/errors.ts";
import type { LegacySource } from "../../types/legacy.ts";
import { checkCookie, type OldCookie } from "../shared/cookies.ts";
import { createSource, type LegacyOptions } from "../shared/create-source.ts";
import { listOf, type Secrets } from "../shared/secrets.ts";
import { expressPeer } from "./peer.ts";
import type { OldStore } from "./rows.ts";

/** Options of `fromExpressSession()`. */
export interface ExpressSessionOptions extends LegacyOptions {
  /** The option `secret` of express-session: one, or a list of all that may have signed a cookie. */
  readonly secret: Secrets;
  /** The option `store` of express-session. */
  readonly store: OldStore;
  /** The option `name` of express-session. @default "connect.sid" */
  readonly name?: string | undefined;
  /** The option `cookie` of express-session. @default what the row says, or Path=/ and HttpOnly */
  readonly cookie?: OldCookie | undefined;
}

const known: Known<ExpressSessionOptions> = {
  secret: true,
  store: true,
  name: true,
  cookie: true,
  userId: true,
  data: true,
  createdAt: true,
  lifetime: true,
};

/**
 * Takes over sessions of express-session, with any store for it.
 *
 * @example
 * const sessions = createSessions({
 *   legacy: [fromExpressSession({ secret, store, userId: (data) => data.passport?.user })],
 * });
 *
 * @throws SessionError INVALID_OPTION
 */
export function fromExpressSession(options: ExpressSessionOptions): LegacySource {
  checkKeys(options, known, "fromExpressSession()");
  const { store, name = "connect.sid", cookie = {} } = options;
  if (["get", "destroy"].some((method) => typeof (store as never)?.[method] !== "function")) {
    throw invalidOption("store must be an instance of a store for express-session: new RedisStore(…), not the class.");
  }
  checkCookie(name, cookie);
  const secrets = listOf("secret", options.secret);
  return createSource(expressPeer({ name, secrets, store, cookie }), options);
}
