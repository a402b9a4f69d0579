import { callBack } from "../../core/language/callback.ts";
import type { RequestSession, SessionStore } from "../express-session/types.ts";

/** The store that the sessions come from: it still has those of the first step, and may be kept up to date. */
export interface FormerStore extends Pick<SessionStore, "get" | "set" | "destroy" | "touch"> {}

/** Returns the row of a session, without what stores add to rows. */
export async function formerRow(store: FormerStore, sid: string): Promise<object | undefined> {
  const found = callBack((done) => store.get(sid, done)).catch((error) => {
    // File stores say so of a row that is not there.
    if ((error as { code?: unknown } | undefined)?.code !== "ENOENT") throw error;
  });
  const row = (await found) as Record<string, unknown> | null | undefined;
  if (!row) return undefined;
  const { __lastAccess: _, lastModified: __, ...bag } = row;
  return bag;
}

export const endFormer = (store: FormerStore, sid: string): Promise<unknown> =>
  callBack((done) => store.destroy(sid, done));

export const storeFormer = (store: FormerStore, sid: string, session: object): Promise<unknown> =>
  callBack((done) => store.set(sid, session as RequestSession, done));

export async function touchFormer(store: FormerStore, sid: string, session: object): Promise<void> {
  if (typeof store.touch !== "function") return;
  await callBack((done) => store.touch?.(sid, session as RequestSession, done));
}
