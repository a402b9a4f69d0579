import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { invalidOption } from "../../types/errors.ts";
import type { SessionsOptions } from "../../types/options.ts";

/** Those options of `createSessions()` that mean something for the sessions of express-session. */
type EngineOptions = Pick<
  SessionsOptions<object>,
  | "application"
  | "namespace"
  | "idleTimeout"
  | "absoluteTimeout"
  | "touchInterval"
  | "pepper"
  | "storeTimeout"
  | "commitTimeout"
  | "maxBytes"
  | "maxSessionsPerUser"
  | "overflow"
  | "pruneInterval"
  | "clock"
  | "observer"
>;

/**
 * Options of `nativeStore()`. Most are those of `createSessions()`, with two other defaults: `absoluteTimeout` is off, as
 * express-session has none, and `namespace` is "connect.sid".
 */
export interface NativeStoreOptions extends EngineOptions {
  /**
   * Returns whose session it is, by which sessions are listed and revoked. `undefined`: as before.
   * @default the user of passport, else `userId`, if it is a text or a number, or has an `id` that is one
   */
  userId?: ((bag: Readonly<Record<string, unknown>>) => string | undefined) | undefined;
}

const known: Known<NativeStoreOptions> = {
  userId: true,
  application: true,
  namespace: true,
  idleTimeout: true,
  absoluteTimeout: true,
  touchInterval: true,
  pepper: true,
  storeTimeout: true,
  commitTimeout: true,
  maxBytes: true,
  maxSessionsPerUser: true,
  overflow: true,
  pruneInterval: true,
  clock: true,
  observer: true,
};

/** @throws SessionError INVALID_OPTION */
export function checkNativeOptions(store: unknown, options: NativeStoreOptions): void {
  checkKeys(options, known, "nativeStore()");
  const { userId } = options;
  if (userId !== undefined && typeof userId !== "function") {
    throw invalidOption("userId must be a function that returns the user of a session's data.");
  }
  if ((store as { kind?: unknown } | undefined)?.kind === "record") return;
  throw invalidOption(
    "nativeStore() takes a store of this package that keeps records, such as postgresStore({ client }). Sealed cookies have no place behind a store of express-session.",
  );
}

export function plainUserId({ passport, userId }: Readonly<Record<string, unknown>>): string | undefined {
  const { user = userId } = Object(passport) as { user?: unknown };
  const { id = user } = Object(user) as { id?: unknown };
  return (typeof id === "string" && id !== "") || typeof id === "number" ? `${id}` : undefined;
}
