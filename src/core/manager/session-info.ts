import type { SessionInfo } from "../../types/administration.ts";
import { kindOf } from "../language/known-keys.ts";
import { decodeValue } from "../record/codec.ts";
import { dataName } from "../record/entries.ts";
import { type SessionState, storedEntries } from "../record/record.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { epochOf } from "../state/epoch.ts";
import { expiryTimes } from "../state/expiry.ts";

/** Returns what `find` and `list` tell of a session, with the values of these keys of its data. */
export function infoOf(context: ManagerContext, state: SessionState, keys: readonly string[] | undefined): SessionInfo {
  const { authenticatedAt } = state.control;
  return {
    id: state.id,
    userId: state.userId,
    epoch: epochOf(state),
    createdAt: new Date(state.createdAt),
    lastSeenAt: new Date(state.lastSeenAt),
    authenticatedAt: authenticatedAt === undefined ? undefined : new Date(authenticatedAt),
    expiresAt: new Date(Math.min(state.expiresAt, expiryTimes(state, context.config.limits).first)),
    ...(keys && { data: pick(context, state, keys) }),
  };
}

function pick({ config }: ManagerContext, state: SessionState, keys: readonly string[]): Record<string, unknown> {
  const stored = storedEntries(state);
  const found = keys.flatMap((key) => {
    const text = stored.get(dataName(key));
    if (text === undefined) return [];
    try {
      return [[key, decodeValue(config.codec, key, text)] as const];
    } catch {
      // One value that this version cannot read does not hide the list.
      return [];
    }
  });
  return Object.fromEntries(found);
}

/** @throws TypeError */
export function checkDataKeys(keys: unknown, call: string): void {
  if (keys === undefined || (Array.isArray(keys) && keys.every((key) => typeof key === "string"))) return;
  throw new TypeError(`${call} takes keys as a list of strings and was given ${kindOf(keys)}.`);
}
