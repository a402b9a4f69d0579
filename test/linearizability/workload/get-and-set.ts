import type { RecordKey, SessionStore, StoredRecord } from "coatcheck";
import { isAt } from "../../../src/stores/shared/fence.ts";

/** What is used of a Redis client. */
export interface Redis {
  get(key: string): Promise<string | null>;
  set(key: string, value: string, options?: { condition: "NX" }): Promise<string | null>;
  del(key: string): Promise<number>;
}

/**
 * Sessions in Redis as most libraries keep them: GET, a look at it, SET. `between` is called after the look. Each command
 * is atomic, the store is not.
 */
export function getAndSetStore(redis: Redis, prefix: string, between: () => Promise<void>): SessionStore {
  const place = ({ namespace, id }: RecordKey): string => `${prefix}${namespace}:${id}`;
  const read = async (key: RecordKey): Promise<StoredRecord | undefined> => {
    const text = await redis.get(place(key));
    return text === null ? undefined : JSON.parse(text);
  };
  const write = async (record: StoredRecord): Promise<true> => {
    await between();
    await redis.set(place(record), JSON.stringify(record));
    return true;
  };
  return {
    kind: "record",
    name: "get-and-set",
    atomic: false,
    read,
    create: async (record) => (await redis.set(place(record), JSON.stringify(record), { condition: "NX" })) !== null,
    async replace(record, expected) {
      const base = await read(record);
      return base !== undefined && isAt(base, expected) && write(record);
    },
    async touch(key, expected, lastSeenAt, expiresAt) {
      const base = await read(key);
      return base !== undefined && isAt(base, expected) && write({ ...base, lastSeenAt, expiresAt });
    },
    delete: async (key) => (await redis.del(place(key))) > 0,
  };
}
