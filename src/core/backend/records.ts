import type { SessionStore, StoreCall, StoredRecord } from "../../types/store.ts";
import { breather } from "../language/breaks.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { askStore, timeLeft } from "../runtime/store-call.ts";

/** The time limit for operations that take longer the more sessions there are, in milliseconds. */
export const bulkTimeoutMs = 600_000;

/** Selects records: one user's, which must be there by `end` (`performance.now()`), or all of the namespace. */
export type Selection = { readonly userId: string; readonly end?: number | undefined } | "all";

/** Yields records that the store takes for live, page by page. */
export async function* pagesOf(
  context: ManagerContext,
  store: SessionStore,
  selection: Selection,
): AsyncGenerator<readonly StoredRecord[]> {
  const { userId, end } = selection === "all" ? { userId: undefined, end: undefined } : selection;
  // Some stores look at every session for each page of all of them.
  const limit = selection === "all" ? 1_000 : 100;
  const wait = (): number | undefined => {
    if (selection === "all") return bulkTimeoutMs;
    return end === undefined ? undefined : timeLeft(context, end);
  };
  let cursor: string | undefined;
  do {
    const filter = { userId, limit, cursor };
    const now = context.clock.now();
    const list = async (call: StoreCall) =>
      (await store.list?.(context.config.namespace, filter, now, call)) ?? { records: [] };
    const page = await askStore(context, "list", list, wait());
    yield page.records;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

export async function* recordsOf(
  context: ManagerContext,
  store: SessionStore,
  selection: Selection,
): AsyncGenerator<StoredRecord> {
  const breathe = breather();
  for await (const records of pagesOf(context, store, selection)) {
    for (const record of records) {
      yield record;
      // A store that answers at once would keep everything else from running until the last of them.
      await breathe();
    }
  }
}
