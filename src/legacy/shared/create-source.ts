import { milliseconds } from "../../core/config/duration.ts";
import { invalidOption } from "../../types/errors.ts";
import type { LegacySource } from "../../types/legacy.ts";
import type { Duration } from "../../types/limits.ts";
import { adopter } from "./adopt.ts";
import type { Parts } from "./parts.ts";
import type { Data, Peer } from "./peer.ts";
import type { Source } from "./source.ts";
import { isUserId } from "./user-id.ts";

/** Options that all sources have. */
export interface LegacyOptions {
  /**
   * Returns the user id in the data of an old session, such as `passport.user`. `undefined`: nobody is signed in.
   * @default nobody
   */
  // biome-ignore lint/suspicious/noExplicitAny: the old library's data has no type that is known here
  readonly login?: ((data: any) => string | number | undefined) | undefined;
  /** Returns the data to take over. @default all of it */
  // biome-ignore lint/suspicious/noExplicitAny: the old library's data has no type that is known here
  readonly data?: ((data: any) => object) | undefined;
  /**
   * The longest lifetime of an old session. After this long the source says that it can be removed, and until then it
   * knows which old sessions it has taken over. @default "30d"
   */
  readonly lifetime?: Duration | undefined;
}

/** Makes a source of a peer. @throws SessionError INVALID_OPTION */
export function createSource(peer: Peer, { login, data, lifetime = "30d" }: LegacyOptions): LegacySource {
  checkFunction("login", login);
  checkFunction("data", data);
  const source: Source = {
    name: peer.name,
    peer,
    knowsUsers: login !== undefined,
    stats: { imported: 0, refused: 0 },
    lifetime: milliseconds(lifetime, "lifetime"),
    read: (old) => {
      try {
        const user = login?.(old.data) ?? undefined;
        const userId = typeof user === "number" ? String(user) : user;
        if (userId !== undefined && !isUserId(userId)) return "schema";
        return { data: { ...((data?.(old.data) ?? old.data) as Data) }, userId, createdAt: old.createdAt };
      } catch {
        return "schema";
      }
    },
    // Each manager hands over its own parts, and requests of its own kind.
    attach: (parts, sources) => adopter(parts as Parts, sources as readonly Source[]) as never,
  };
  return source;
}

function checkFunction(option: string, value: unknown): void {
  if (value !== undefined && typeof value !== "function") throw invalidOption(`${option} must be a function.`);
}
