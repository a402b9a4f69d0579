import type { RecordKey, RecordStamp, SessionStore, StoredRecord } from "../../types/store.ts";

/** What a store may lack; see the option `without` of `storeConformance`. */
export type StoreAbility = "atomic" | "list" | "prune" | "clear" | "count";

/** A store with everything a rule may need. */
export type FullStore = SessionStore & Required<Pick<SessionStore, "list" | "prune" | "clear" | "count">>;

/** One sentence of the contract, with the proof of it. */
export interface StoreRule {
  readonly title: string;
  readonly needs?: readonly StoreAbility[];
  /** `now` is about the real time, because a database may drop by its own clock what is long over. */
  check(store: FullStore, now: number): Promise<void>;
}

export const minute = 60_000;
export const namespace = "session";

let lastId = 0;

/** 22 characters, as the core makes them. */
export const freshId = (): string => `id-${String(++lastId).padStart(19, "0")}`;

/** The version of a record, and the commit that makes it unless a rule names another. */
export const stamp = (version: number): RecordStamp => ({ version, commitId: `commit-of-${version}` });

/** A record that lives for an hour. */
export function fresh(now: number, fields: Partial<StoredRecord> = {}): StoredRecord {
  const times = { createdAt: now, lastSeenAt: now, expiresAt: now + 60 * minute };
  return { namespace, id: freshId(), ...stamp(1), body: "1:0:{}\n[]\n", ...times, ...fields };
}

export const keyOf = ({ namespace, id }: RecordKey): RecordKey => ({ namespace, id });

/** The record that a commit would put in the place of another. */
export function next(record: StoredRecord, fields: Partial<StoredRecord> = {}): StoredRecord {
  return { ...record, ...stamp(record.version + 1), body: `${record.body}.`, ...fields };
}

/** Creates records one after the other and gives them back. */
export async function stored<T extends readonly StoredRecord[]>(
  store: SessionStore,
  now: number,
  ...records: T
): Promise<T> {
  for (const record of records) await store.create(record, now);
  return records;
}

/** The ids of all pages, in order. Ends by itself when a store's cursor does not move. */
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
  throw new Error("list() handed out more than 1000 cursors in a row: does it move past the last record of a page?");
}
