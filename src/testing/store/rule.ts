import type { RecordKey, RecordStamp, SessionStore, StoredRecord } from "../../types/store.ts";

/** An ability that a store may lack; see the option `without` of `storeConformance`. */
export type StoreAbility = "atomic" | "list" | "prune" | "clear" | "count";

/** A store with every ability. */
export type FullStore = SessionStore & Required<Pick<SessionStore, "list" | "prune" | "clear" | "count">>;

/** One rule of the store contract, with its check. */
export interface StoreRule {
  readonly title: string;
  readonly needs?: readonly StoreAbility[];
  /** `now` is near the real time, because a database may delete long-expired records by its own clock. */
  check(store: FullStore, now: number): Promise<void>;
}

export const minute = 60_000;
export const namespace = "session";

let lastId = 0;

/** Returns a new id of 22 characters, like those of the core. */
const freshId = (): string => `id-${String(++lastId).padStart(19, "0")}`;

/** Returns the stamp of a version, with a commit id derived from it. */
export const stamp = (version: number): RecordStamp => ({ version, commitId: `commit-of-${version}` });

/** Returns a new record that expires in an hour. */
export function fresh(now: number, fields: Partial<StoredRecord> = {}): StoredRecord {
  const times = { createdAt: now, lastSeenAt: now, expiresAt: now + 60 * minute };
  return { namespace, id: freshId(), ...stamp(1), body: "1:0:{}\n[]\n", ...times, ...fields };
}

export const keyOf = ({ namespace, id }: RecordKey): RecordKey => ({ namespace, id });

/** Returns the record with which a commit would replace another. */
export function next(record: StoredRecord, fields: Partial<StoredRecord> = {}): StoredRecord {
  return { ...record, ...stamp(record.version + 1), body: `${record.body}.`, ...fields };
}

/** Creates records one after the other and returns them. */
export async function stored<T extends readonly StoredRecord[]>(
  store: SessionStore,
  now: number,
  ...records: T
): Promise<T> {
  for (const record of records) await store.create(record, now);
  return records;
}

/** Returns the ids of all pages, in order. Throws if a store's cursor does not advance. */
export async function listedIds(
  store: FullStore,
  filter: { readonly userId?: string; readonly limit: number },
  now: number,
  inNamespace: string = namespace,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 1_000; pages++) {
    const page = await store.list(inNamespace, { ...filter, cursor }, now);
    ids.push(...page.records.map(({ id }) => id));
    cursor = page.cursor;
    if (cursor === undefined) return ids;
  }
  throw new Error(
    "list() returned more than 1000 cursors in a row. Check that each cursor advances past the last record of its page.",
  );
}
