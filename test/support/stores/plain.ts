import { isAt } from "../../../src/stores/shared/fence.ts";
import type { RecordKey, SessionStore, StoredRecord } from "../../../src/types/store.ts";

type Ability = "list" | "prune" | "clear" | "count";
export type Plain = SessionStore & Required<Pick<SessionStore, Ability>>;

export const nameOf = ({ namespace, id }: RecordKey): string => JSON.stringify([namespace, id]);
/** The contract in its plainest form, over a Map that a broken store can get at. */
export function plainStore(records: Map<string, StoredRecord> = new Map()): Plain {
  const live = (key: RecordKey, now: number) => {
    const record = records.get(nameOf(key));
    return record && record.expiresAt > now ? record : undefined;
  };
  const all = (namespace: string, now: number) =>
    [...records.values()].filter((record) => record.namespace === namespace && record.expiresAt > now);
  const put = (record: StoredRecord) => records.set(nameOf(record), { ...record });
  const see = (record: StoredRecord, { lastSeenAt, expiresAt }: StoredRecord) =>
    put(
      lastSeenAt <= record.lastSeenAt
        ? record
        : { ...record, lastSeenAt, expiresAt: Math.max(expiresAt, record.expiresAt) },
    );

  return {
    kind: "record",
    name: "plain",
    atomic: true,
    async read(key, now) {
      const record = live(key, now);
      return record && { ...record };
    },
    async create(record) {
      if (records.has(nameOf(record))) return false;
      put(record);
      return true;
    },
    async replace(record, expected, now) {
      const before = live(record, now);
      if (!before || !isAt(before, expected)) return false;
      see(record, before);
      return true;
    },
    async touch(key, expected, lastSeenAt, expiresAt, now) {
      const record = live(key, now);
      if (!record || !isAt(record, expected)) return false;
      see({ ...record, lastSeenAt, expiresAt }, record);
      return true;
    },
    async delete(key) {
      return records.delete(nameOf(key));
    },
    async list(namespace, { userId, limit, cursor }, now) {
      const [createdAt, id] = JSON.parse(cursor ?? '[0,""]') as [number, string];
      const found = all(namespace, now)
        .filter((record) => userId === undefined || record.userId === userId)
        .filter((record) => record.createdAt > createdAt || (record.createdAt === createdAt && record.id > id))
        .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
        .slice(0, limit);
      const last = found[limit - 1];
      return {
        records: found.map((record) => ({ ...record })),
        cursor: last && JSON.stringify([last.createdAt, last.id]),
      };
    },
    async prune(now, limit) {
      const over = [...records.values()].filter(({ expiresAt }) => expiresAt <= now).slice(0, limit);
      for (const record of over) records.delete(nameOf(record));
      return over.length;
    },
    async clear(namespace) {
      for (const record of records.values()) if (record.namespace === namespace) records.delete(nameOf(record));
    },
    async count(namespace, now) {
      return all(namespace, now).length;
    },
  };
}
