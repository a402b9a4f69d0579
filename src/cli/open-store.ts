import { signedStore } from "../core/backend/signed-store.ts";
import type { Config } from "../core/config/config.ts";
import { openStore } from "../stores/open/index.ts";
import type { SessionStore, StoreCall, StoredRecord } from "../types/store.ts";
import type { Input, Options, Report } from "./command.ts";
import { existing, type Place, placeOf, placeOption } from "./place.ts";
import { applicationOptions, configOf } from "./settings.ts";

/** The options of commands that look into a store. */
export const storeOptions: Options = { store: placeOption("the store", "SESSION_STORE"), ...applicationOptions };

/** A store, and which of its sessions are meant. */
export interface OpenedStore {
  /** Reads a record whose signature is missing or wrong as one with an empty body, if there is a pepper. */
  readonly store: SessionStore;
  /** The store itself, for a manager. */
  readonly given: SessionStore;
  readonly place: Place;
  readonly config: Config;
  /** The time by which the store expires sessions. */
  readonly now: number;
}

/** A time limit for one operation. */
export const within = (milliseconds: number): StoreCall => ({ signal: AbortSignal.timeout(milliseconds) });

export const usualLimit = 30_000;
/** For what takes longer the more sessions there are. */
export const bulkLimit = 600_000;
const closeLimit = 3_000;

/** Opens the store that the options or the environment name, and closes it in the end. Creates nothing. */
export function withStore(input: Input, use: (opened: OpenedStore) => Promise<Report>): Promise<Report> {
  return atPlace(existing(placeOf(input, "store", "SESSION_STORE")), configOf(input), use);
}

export async function atPlace<T>(place: Place, config: Config, use: (opened: OpenedStore) => Promise<T>): Promise<T> {
  const given = await openStore(place.url);
  const store = signedStore(given, config);
  try {
    await store.setup?.(within(usualLimit));
    return await use({ store, given, place, config, now: await timeOf(store) });
  } finally {
    await closed(store);
  }
}

/** The time by which a store expires sessions. */
export const timeOf = async (store: SessionStore): Promise<number> =>
  (await store.time?.(within(usualLimit))) ?? Date.now();

/** A client whose server does not answer may never be closed. */
async function closed(store: SessionStore): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeLimit);
  });
  await Promise.race([store.close?.().catch(() => undefined), late]);
  clearTimeout(timer);
}

/** Yields the live records of the namespace, page by page. */
export async function* pagesOf(
  { store, config, now }: OpenedStore,
  filter: { readonly userId?: string | undefined; readonly cursor?: string | undefined } = {},
): AsyncGenerator<{ readonly records: readonly StoredRecord[]; readonly cursor: string | undefined }> {
  let { cursor } = filter;
  do {
    const wanted = { userId: filter.userId, limit: 1_000, cursor };
    const page = await store.list?.(config.namespace, wanted, now, within(bulkLimit));
    cursor = page?.cursor;
    yield { records: page?.records ?? [], cursor };
  } while (cursor !== undefined);
}
