import { configure } from "./core/config/config.ts";
import { checkTransports, sealedSessions, storedSessions } from "./given-parts.ts";
import { memoryStore } from "./stores/memory/index.ts";
import { cookie } from "./transports/cookie/index.ts";
import { invalidOption } from "./types/errors.ts";
import type { SessionsOptions } from "./types/options.ts";
import type { DefaultData } from "./types/session.ts";
import type { SessionManager, Sessions } from "./types/sessions.ts";
import type { StandardSchema } from "./types/standard-schema.ts";
import type { SealedStore, SessionStore } from "./types/store.ts";
import type { Transport } from "./types/transport.ts";

type Options<Data extends object, Store> = Omit<SessionsOptions<Data>, "schema" | "store"> & {
  store?: Store | undefined;
};
type WithSchema<Data extends object, Store> = Options<Data, Store> & { schema: StandardSchema<Data> };
type Sealed<T> = T & { store: SealedStore };

/**
 * Creates a session manager. Without options it keeps sessions in memory, uses a cookie with safe attributes, and ends
 * a session after 24 hours without a request, or after 30 days.
 *
 * @example
 * const sessions = createSessions<{ views: number }>({ store: sqliteStore({ path: "sessions.db" }), idleTimeout: "8h" });
 *
 * @throws SessionError INVALID_OPTION, naming the option
 */
export function createSessions<Data extends object>(
  options: Sealed<WithSchema<Data, SealedStore>>,
): SessionManager<Data>;
export function createSessions<Data extends object>(options: WithSchema<Data, SessionStore>): Sessions<Data>;
export function createSessions<Data extends object = DefaultData>(
  options: Sealed<Options<Data, SealedStore>>,
): SessionManager<Data>;
export function createSessions<Data extends object = DefaultData>(
  options?: Options<Data, SessionStore>,
): Sessions<Data>;
export function createSessions(options: SessionsOptions<Record<string, unknown>> = {}): SessionManager | Sessions {
  const config = configure(options);
  const given = { ...options, transports: transportsOf(options) };
  checkTransports(config, given.transports);
  if (options.store?.kind === "sealed") return sealedSessions(config, given, options.store);
  if (!options.store && isDeployed()) {
    const message = `Sessions "${config.name}" are kept in the memory of this process and end with it. Pass a store to createSessions().`;
    config.observer({ name: config.name, type: "warning", code: "DEFAULT_STORE", message });
  }
  return storedSessions(config, given, options.store ?? memoryStore());
}

function transportsOf({
  cookie: attributes,
  transports,
}: SessionsOptions<Record<string, unknown>>): readonly Transport[] {
  if (attributes && transports) {
    throw invalidOption(
      'Set "cookie" or "transports", not both: cookie is short for transports: [cookie(attributes)].',
    );
  }
  return transports ?? [cookie(attributes)];
}

function isDeployed(): boolean {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  const mode = process?.env?.NODE_ENV;
  return mode !== "development" && mode !== "test";
}
