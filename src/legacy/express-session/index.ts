import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { invalidOption } from "../../types/errors.ts";
import type { LegacySource } from "../../types/legacy.ts";
import { checkCookie, type OldCookie } from "../shared/cookies.ts";
import { createSource, type LegacyOptions } from "../shared/create-source.ts";
import { listOf, type Secrets } from "../shared/secrets.ts";
import type { DualWrite } from "./dual-write.ts";
import { expressPeer } from "./peer.ts";
import type { OldStore } from "./rows.ts";

export type { DualWrite };

export interface ExpressSessionOptions extends LegacyOptions {
  /** The option `secret` of express-session: one, or a list of all that may have signed a cookie. */
  readonly secret: Secrets;
  /** The option `store` of express-session. */
  readonly store: OldStore;
  /** The option `name` of express-session. @default "connect.sid" */
  readonly name?: string | undefined;
  /** The option `cookie` of express-session. @default what the row says, or Path=/ and HttpOnly */
  readonly cookie?: OldCookie | undefined;
  /**
   * Keeps a row and a cookie of express-session beside each session, so that a rollback signs nobody out, and follows
   * what the old version does with them. @default false: the row is deleted and the cookie expired
   */
  readonly dualWrite?: boolean | DualWrite | undefined;
}

const known: Known<ExpressSessionOptions> = {
  secret: true,
  store: true,
  name: true,
  cookie: true,
  login: true,
  data: true,
  lifetime: true,
  dualWrite: true,
};
const mirroring: Known<DualWrite> = { row: true, maxAge: true };

/**
 * Takes over sessions of express-session, with any store for it.
 *
 * @example
 * const sessions = createSessions({
 *   legacy: [fromExpressSession({ secret, store, login: (data) => data.passport?.user })],
 * });
 *
 * @throws SessionError INVALID_OPTION
 */
export function fromExpressSession(options: ExpressSessionOptions): LegacySource {
  checkKeys(options, known, "fromExpressSession()");
  const { store, name = "connect.sid", cookie = {}, dualWrite = false } = options;
  if (["get", "set", "destroy"].some((method) => typeof (store as never)?.[method] !== "function")) {
    throw invalidOption("store must be an instance of a store for express-session: new RedisStore(…), not the class.");
  }
  if (typeof dualWrite === "object") checkKeys(dualWrite, mirroring, "dualWrite");
  checkCookie(name, cookie);
  const peer = expressPeer({
    name,
    secrets: listOf("secret", options.secret),
    store,
    cookie,
    dualWrite: dualWrite === true ? {} : dualWrite || undefined,
  });
  return createSource(peer, options);
}
