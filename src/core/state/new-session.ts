import { invalidOption } from "../../types/errors.ts";
import { noEntries } from "../record/entries.ts";
import type { SessionState } from "../record/record.ts";
import { isId, newId } from "../record/token.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { expiryTimes } from "./expiry.ts";

/** @throws SessionError INVALID_OPTION when the application's own `generateId` gives something unusable */
export function newSessionId(context: ManagerContext): string {
  const { generateId } = context.config;
  if (!generateId) return newId();
  const id: unknown = generateId();
  if (typeof id === "string" && isId(id)) return id;
  throw invalidOption("generateId must return 16 to 128 characters of A-Z, a-z, 0-9, - and _.");
}

/** A session of this moment, version 0, not stored anywhere. */
export function newSession(context: ManagerContext, id: string, hash?: string): SessionState {
  const now = context.clock.now();
  const control = hash === undefined ? {} : { hash };
  const state = {
    id,
    version: 0,
    commitId: "",
    userId: undefined,
    createdAt: now,
    lastSeenAt: now,
    control,
    entries: context.config.newSession,
    kept: noEntries,
    ...(context.config.pepper.length > 0 && { visitInBody: "noted" as const }),
  };
  return { ...state, expiresAt: expiryTimes(state, context.config.limits).first };
}
