import { milliseconds } from "../../core/config/duration.ts";
import { kindOf } from "../../core/language/known-keys.ts";
import { isPromise } from "../../crypto/awaitable.ts";
import { invalidOption } from "../../types/errors.ts";
import type { LegacySource } from "../../types/legacy.ts";
import type { Duration } from "../../types/limits.ts";
import { finderOf } from "./finder.ts";
import { type PartsList, partsOf } from "./parts.ts";
import type { Data, Peer } from "./peer.ts";
import type { Source } from "./source.ts";
import { isUserId } from "./user-id.ts";

export const defaultLifetime = "30d";

/** Options that all sources have. */
export interface LegacyOptions {
  /**
   * Returns the user id in the data of an old session, such as `passport.user`, as a text or an exact integer.
   * `undefined`: nobody is signed in.
   * @default nobody
   */
  // biome-ignore lint/suspicious/noExplicitAny: the old library's data has no type that is known here
  readonly userId?: ((data: any) => string | number | null | undefined) | undefined;
  /** Returns the data to take over, as a plain object. @default all of it */
  // biome-ignore lint/suspicious/noExplicitAny: the old library's data has no type that is known here
  readonly data?: ((data: any) => object) | undefined;
  /**
   * Returns when an old session was created, where its data tells: limits and revocations count from then.
   * @default what the old session says itself. If it does not, limits count from the takeover, and any `revokeAll()` of the
   * user ends the old session
   */
  // biome-ignore lint/suspicious/noExplicitAny: the old library's data has no type that is known here
  readonly createdAt?: ((data: any) => number | Date | undefined) | undefined;
  /**
   * The longest time that an old session can live, from its last request on: at least the old `cookie.maxAge`. For as long
   * it is remembered what has become of old sessions. @default "30d"
   */
  readonly lifetime?: Duration | undefined;
}

/** Makes a source of a peer. @throws SessionError INVALID_OPTION */
export function createSource(peer: Peer, options: LegacyOptions): LegacySource {
  const { userId, data, createdAt, lifetime = defaultLifetime } = options;
  for (const [option, value] of Object.entries({ userId, data, createdAt })) checkFunction(option, value);
  const source: Source = {
    name: peer.name,
    peer,
    stats: { imported: 0, refused: 0 },
    lifetime: milliseconds(lifetime, "lifetime"),
    read: (old) => {
      try {
        const user: unknown = now(userId?.(old.data)) ?? undefined;
        // JSON and Number() have made another number of one that is not exact, perhaps that of somebody else.
        const id = Number.isSafeInteger(user) ? String(user) : user;
        if (id !== undefined && !isUserId(id)) return "schema";
        const kept: unknown = data ? now(data(old.data)) : old.data;
        if (!isPlain(kept)) return "schema";
        return {
          data: { ...kept },
          userId: id,
          createdAt: timeOf(now(createdAt?.(old.data)) ?? old.createdAt),
          expiresAt: old.expiresAt,
        };
      } catch {
        return "schema";
      }
    },
    // Each manager hands over its own parts, and requests of its own kind.
    attach: (parts, sources) => finderOf(partsOf(parts as PartsList), sources as readonly Source[]) as never,
  };
  return source;
}

/** Refuses a promise, whose failure is nobody's then. */
function now<T>(value: T): T {
  if (!isPromise(value)) return value;
  value.then(undefined, () => undefined);
  throw new TypeError("The functions of a source answer at once.");
}

/** Only an object's own keys are taken over: a Map would come without its entries. */
function isPlain(value: unknown): value is Data {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function timeOf(value: unknown): number | undefined {
  const time = Number(value ?? Number.NaN);
  return Number.isFinite(time) ? Math.max(0, Math.trunc(time)) : undefined;
}

function checkFunction(option: string, value: unknown): void {
  if (value === undefined || typeof value === "function") return;
  throw invalidOption(`${option} must be a function and is ${kindOf(value)}.`);
}
