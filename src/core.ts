// The small door: no memory store, and no engine that the application does not ask for.
import { configure } from "./core/config/config.ts";
import { checkTransports, sealedSessions, storedSessions } from "./given-parts.ts";
import { invalidOption } from "./types/errors.ts";
import type { SessionsOptions } from "./types/options.ts";
import type { DefaultData } from "./types/session.ts";
import type { SessionManager, Sessions } from "./types/sessions.ts";
import type { StandardSchema } from "./types/standard-schema.ts";
import type { SealedStore, SessionStore } from "./types/store.ts";
import type { Transport } from "./types/transport.ts";

export { saveAll } from "./core/manager/mounts.ts";
export { generateKey } from "./crypto/key.ts";
export { bearer } from "./transports/bearer.ts";
export { cookie } from "./transports/cookie/index.ts";
export { header } from "./transports/header.ts";
export { query } from "./transports/query.ts";
export { SessionError } from "./types/errors.ts";

/** Options of `createSessions()`, of which the store and the transports have no default here. */
export type GivenOptions<Data extends object, Store> = Omit<
  SessionsOptions<Data>,
  "schema" | "store" | "cookie" | "transports"
> & {
  readonly store: Store;
  readonly transports: readonly Transport[];
};
type WithSchema<Data extends object, Store> = GivenOptions<Data, Store> & { readonly schema: StandardSchema<Data> };

/**
 * Creates a manager of stored sessions, like `createSessions()` of `coatcheck`, without a default store and transport: a
 * bundle has only what is given.
 *
 * @example
 * const sessions = createSessions({ store: redisStore({ client }), transports: [bearer()] });
 *
 * @throws SessionError INVALID_OPTION, naming the option
 */
export function createSessions<Data extends object>(options: WithSchema<Data, SessionStore>): Sessions<Data>;
export function createSessions<Data extends object = DefaultData>(
  options: GivenOptions<Data, SessionStore>,
): Sessions<Data>;
export function createSessions(options: GivenOptions<Record<string, unknown>, SessionStore>): Sessions {
  const config = configure(options);
  checkGiven(options, "record", "Use createSealedSessions() for sealed sessions.");
  checkTransports(config, options.transports);
  return storedSessions(config, options, options.store);
}

/**
 * Creates a manager of sealed sessions, which the client's token contains. A bundle has no part of stored sessions.
 *
 * @example
 * const sessions = createSealedSessions({ store: cookieStore({ keys }), transports: [cookie()] });
 *
 * @throws SessionError INVALID_OPTION, naming the option
 */
export function createSealedSessions<Data extends object>(options: WithSchema<Data, SealedStore>): SessionManager<Data>;
export function createSealedSessions<Data extends object = DefaultData>(
  options: GivenOptions<Data, SealedStore>,
): SessionManager<Data>;
export function createSealedSessions(options: GivenOptions<Record<string, unknown>, SealedStore>): SessionManager {
  const config = configure(options);
  checkGiven(options, "sealed", "Use createSessions() for a store of records.");
  checkTransports(config, options.transports);
  return sealedSessions(config, options, options.store);
}

function checkGiven(
  { store, transports }: Partial<GivenOptions<Record<string, unknown>, SessionStore | SealedStore>>,
  kind: "record" | "sealed",
  instead: string,
): void {
  if (!store || !transports) {
    throw invalidOption("coatcheck/core has no default store and transport: set both, or import from coatcheck.");
  }
  if (store.kind !== kind) throw invalidOption(`store "${store.name}" is of the kind "${store.kind}". ${instead}`);
}
