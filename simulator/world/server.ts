import type { ListFilter, RecordKey, RecordPage, RecordStamp, StoredRecord } from "coatcheck";
import type { Records } from "./table.ts";

/** The store's side of each call: plain functions of the records, by the words of docs/store-contract.md. */
export const placeOf = ({ namespace, id }: RecordKey): string => `${namespace}/${id}`;

export function liveRecord(records: Records, key: RecordKey, now: number): StoredRecord | undefined {
  const found = records.get(placeOf(key));
  return found && found.expiresAt > now ? { ...found } : undefined;
}

export function recordAt(records: Records, key: RecordKey, stamp: RecordStamp, now: number): StoredRecord | undefined {
  const found = recordOfVersion(records, key, stamp, now);
  return found?.commitId === stamp.commitId ? found : undefined;
}

/** Does not look at the commit, so that it takes another history's record for the same: a flaw. */
export function recordOfVersion(
  records: Records,
  key: RecordKey,
  { version }: RecordStamp,
  now: number,
): StoredRecord | undefined {
  const found = liveRecord(records, key, now);
  return found?.version === version ? found : undefined;
}

/** Later activity wins. */
export function seen<T extends StoredRecord>(before: StoredRecord, after: T): T {
  const isSeenLater = before.lastSeenAt > after.lastSeenAt;
  const expiresAt = isSeenLater ? Math.max(before.expiresAt, after.expiresAt) : after.expiresAt;
  return { ...after, lastSeenAt: Math.max(before.lastSeenAt, after.lastSeenAt), expiresAt };
}

export function page(records: Records, namespace: string, filter: ListFilter, now: number): RecordPage {
  const { userId, limit, cursor = "" } = filter;
  const found = [...records.values()]
    .filter((record) => record.namespace === namespace && record.expiresAt > now)
    .filter((record) => userId === undefined || record.userId === userId)
    .filter((record) => cursorOf(record) > cursor)
    .sort((a, b) => (cursorOf(a) < cursorOf(b) ? -1 : 1))
    .slice(0, limit)
    .map((record) => ({ ...record }));
  const last = found[limit - 1];
  return { records: found, cursor: last && cursorOf(last) };
}

const cursorOf = ({ createdAt, id }: StoredRecord): string => `${createdAt.toString().padStart(15, "0")} ${id}`;

export const expiredRecords = (records: Records, now: number, limit: number): StoredRecord[] =>
  [...records.values()].filter(({ expiresAt }) => expiresAt <= now).slice(0, limit);
