import type { Engine } from "./engine.ts";
import { noEntries } from "./entries.ts";
import { invalidOption } from "./errors.ts";
import { deadlines } from "./expiry.ts";
import type { SessionState } from "./record.ts";
import { isId, newId } from "./token.ts";

/** @throws SessionError INVALID_OPTION when the application's own `generateId` gives something unusable */
export function makeId(engine: Engine): string {
  const { generateId } = engine.config;
  if (!generateId) return newId();
  const id: unknown = generateId();
  if (typeof id === "string" && isId(id)) return id;
  throw invalidOption("generateId must return 16 to 128 characters of A-Z, a-z, 0-9, - and _.");
}

/** A session of this moment, version 0, not stored anywhere. */
export function blankState(engine: Engine, id: string, hash?: string): SessionState {
  const now = engine.clock.now();
  const control = hash === undefined ? {} : { hash };
  const state = {
    id,
    version: 0,
    commitId: "",
    userId: undefined,
    createdAt: now,
    lastSeenAt: now,
    control,
    entries: engine.config.blank,
    kept: noEntries,
  };
  return { ...state, expiresAt: deadlines(state, engine.config.limits).first };
}
