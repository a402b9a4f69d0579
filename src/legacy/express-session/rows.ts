import { type Callback, callBack } from "../../core/language/callback.ts";
import { isSyntaxError } from "../../core/language/shape.ts";
import type { RejectReason } from "../../types/events.ts";
import type { OldCookie } from "../shared/cookies.ts";
import type { Data, OldData } from "../shared/peer.ts";

/** The part of a store for express-session that is used. */
export interface OldStore {
  get(sid: string, callback: Callback): unknown;
  destroy(sid: string, callback: Callback): unknown;
}

/** What a row says of its cookie. */
export interface RowCookie extends OldCookie {
  readonly originalMaxAge?: number | null | undefined;
  readonly expires?: string | Date | false | null | undefined;
}

export interface Row extends OldData {
  readonly cookie: RowCookie;
}

/** Reads a row. Throws if the store fails. */
export async function readRow(store: OldStore, sid: string): Promise<Row | RejectReason> {
  let found: unknown;
  try {
    found = await callBack((callback) => store.get(sid, callback));
  } catch (error) {
    if (isMissing(error)) return "unknown";
    if (isSyntaxError(error)) return "corrupt";
    throw error;
  }
  return found === undefined || found === null ? "unknown" : rowOf(found);
}

function rowOf(found: unknown): Row | RejectReason {
  if (typeof found !== "object" || Array.isArray(found)) return "corrupt";
  const { cookie, ...data } = found as Data;
  if (typeof cookie !== "object" || cookie === null) return "corrupt";
  const { expires, originalMaxAge } = cookie as RowCookie;
  const now = Date.now();
  const whole = typeof originalMaxAge === "number" ? now + originalMaxAge : undefined;
  // As in express-session, which also writes `false`.
  if (!expires) return { cookie, data, expiresAt: whole };
  const end = new Date(expires).getTime();
  if (Number.isNaN(end)) return "corrupt";
  // An old version of the application may prolong it once more while this request is under way.
  return end <= now ? "idle" : { cookie, data, expiresAt: Math.max(end, whole ?? 0) };
}

/** Deletes a row, if it is there. */
export async function deleteRow(store: OldStore, sid: string): Promise<void> {
  try {
    await callBack((callback) => store.destroy(sid, callback));
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Stores that keep files say so of one that is not there. */
const isMissing = (error: unknown): boolean => (error as { code?: unknown } | undefined)?.code === "ENOENT";
