import type { Config } from "./core/config/config.ts";
import type { AnyData } from "./core/manager/manager.ts";
import { createSealedSessions } from "./core/manager/sealed-sessions.ts";
import { createStoredSessions } from "./core/manager/stored-sessions.ts";
import { invalidOption } from "./types/errors.ts";
import type { LegacySource } from "./types/legacy.ts";
import type { SessionManager, Sessions } from "./types/sessions.ts";
import type { SealedStore, SessionStore } from "./types/store.ts";
import type { Transport } from "./types/transport.ts";

interface Given {
  readonly transports: readonly Transport[];
  readonly maxSessionsPerUser?: number | undefined;
  readonly legacy?: readonly LegacySource[] | undefined;
}

/** Creates a manager of sealed sessions, without the engine of stored ones. @throws SessionError INVALID_OPTION */
export function sealedSessions(config: Config, given: Given, store: SealedStore): SessionManager<AnyData> {
  const option = given.maxSessionsPerUser === undefined ? given.legacy && "legacy" : "maxSessionsPerUser";
  if (option) throw invalidOption(`${option} needs a store of records, and sealed cookies exist only on the client.`);
  return createSealedSessions(config, store, given.transports);
}

/** Creates a manager of stored sessions, without the engine of sealed ones. @throws SessionError INVALID_OPTION */
export function storedSessions(config: Config, given: Given, store: SessionStore): Sessions<AnyData> {
  if (given.maxSessionsPerUser !== undefined && !store.list) {
    throw invalidOption(`maxSessionsPerUser needs a store with list(), which "${store.name}" does not have.`);
  }
  return createStoredSessions(config, store, given.transports);
}

/** Checks the transports, each of which has a say in the name of the cookie. @throws SessionError INVALID_OPTION */
export function checkTransports(config: Config, transports: readonly Transport[]): void {
  if (transports.length === 0)
    throw invalidOption("transports is empty, so no request could carry a session. List at least one.");
  for (const transport of transports) transport.check?.(config.name);
}
