import { type Callback, callBack } from "../../core/language/callback.ts";
import { isSyntaxError } from "../../core/language/shape.ts";
import type { RejectReason } from "../../types/events.ts";
import type { OldCookie } from "../shared/cookies.ts";
import type { Data, OldData } from "../shared/peer.ts";

/** The part of a store for express-session that is used. */
export interface OldStore {
  get(sid: string, callback: Callback): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: stores differ in what they call a session
  set(sid: string, session: any, callback: Callback): unknown;
  destroy(sid: string, callback: Callback): unknown;
}

/** What a row says of its cookie. */
export interface RowCookie extends OldCookie {
  readonly originalMaxAge?: number | null | undefined;
  readonly expires?: string | Date | null | undefined;
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
    // Stores that keep files say so of one that is not there.
    if ((error as { code?: unknown } | undefined)?.code === "ENOENT") return "unknown";
    if (isSyntaxError(error)) return "corrupt";
    throw error;
  }
  return found === undefined || found === null ? "unknown" : rowOf(found);
}

function rowOf(found: unknown): Row | RejectReason {
  if (typeof found !== "object" || Array.isArray(found)) return "corrupt";
  const { cookie, ...data } = found as Data;
  if (typeof cookie !== "object" || cookie === null) return "corrupt";
  const { expires } = cookie as RowCookie;
  if (expires === undefined || expires === null) return { cookie, data };
  const end = new Date(expires).getTime();
  if (Number.isNaN(end)) return "corrupt";
  return end <= Date.now() ? "idle" : { cookie, data };
}

/** Deletes a row. */
export async function deleteRow(store: OldStore, sid: string): Promise<void> {
  await callBack((callback) => store.destroy(sid, callback));
}

/** Writes a row. Returns when it ends; `undefined`: when the browser closes. */
export async function writeRow(
  store: OldStore,
  sid: string,
  data: object,
  { originalMaxAge, expires: _, ...attributes }: RowCookie,
): Promise<Date | undefined> {
  const lifetime = originalMaxAge ?? undefined;
  const expires = lifetime === undefined ? null : new Date(Date.now() + lifetime);
  // Stores take their own lifetime from either.
  const cookie = { ...attributes, originalMaxAge: lifetime ?? null, expires, maxAge: lifetime };
  await callBack((callback) => store.set(sid, { ...data, cookie }, callback));
  return expires ?? undefined;
}
