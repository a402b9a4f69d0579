import { type RecordKey, type RecordStamp, SessionError, type SessionStore, type StoredRecord } from "coatcheck";
import { isAt } from "../../../src/stores/shared/fence.ts";
import { turn } from "../workload/in-process.ts";

/** A fault that stores have in the wild, and where it shows. */
export interface Broken {
  readonly fault: string;
  /** It also shows in what sessions do. */
  readonly inSessions: boolean;
  /** What is different in the store that has the fault. */
  of(store: SessionStore): Partial<SessionStore>;
}

const isStill = (base: StoredRecord | undefined, expected: RecordStamp): boolean =>
  base !== undefined && isAt(base, expected);

/** Writes without a condition. */
async function put(store: SessionStore, record: StoredRecord): Promise<void> {
  const removed = store.delete(record);
  const created = store.create(record, record.lastSeenAt);
  await Promise.all([removed, created]);
}

/** True now and then. */
function seldom(every: number): () => boolean {
  let calls = 0;
  return () => ++calls % every === 0;
}

const keyOf = ({ namespace, id }: RecordKey): string => JSON.stringify([namespace, id]);

export const brokenStores: readonly Broken[] = [
  {
    fault: "replace inserts what is gone",
    inSessions: true,
    of: (store) => ({
      async replace(record, expected, now) {
        if (await store.replace(record, expected, now)) return true;
        return store.create(record, now);
      },
    }),
  },
  {
    fault: "replace checks the version and then writes",
    inSessions: true,
    of: (store) => ({
      async replace(record, expected, now) {
        if (!isStill(await store.read(record, now), expected)) return false;
        await turn();
        await put(store, record);
        return true;
      },
    }),
  },
  {
    fault: "replace does not look at the version",
    inSessions: true,
    of: (store) => ({
      async replace(record, _, now) {
        if (!(await store.read(record, now))) return false;
        await put(store, record);
        return true;
      },
    }),
  },
  {
    fault: "a slow touch writes back what was deleted meanwhile",
    inSessions: false,
    of: (store) => ({
      async touch(key, expected, lastSeenAt, expiresAt, now) {
        const base = await store.read(key, now);
        if (!base || !isStill(base, expected)) return false;
        await turn();
        if (!(await store.touch(key, expected, lastSeenAt, expiresAt, now)))
          await store.create({ ...base, lastSeenAt, expiresAt }, now);
        return true;
      },
    }),
  },
  {
    fault: "replace undoes a later visit",
    inSessions: false,
    of: (store) => ({
      async replace(record, expected, now) {
        if (!(await store.replace(record, expected, now))) return false;
        await put(store, record);
        return true;
      },
    }),
  },
  {
    fault: "create overwrites",
    inSessions: false,
    of: (store) => ({
      async create(record) {
        await put(store, record);
        return true;
      },
    }),
  },
  {
    fault: "replace says no although it wrote",
    inSessions: false,
    of: (store) => {
      const isDue = seldom(10);
      return { replace: async (...args) => (await store.replace(...args)) && !isDue() };
    },
  },
  {
    fault: "replace says that nothing was written although it was",
    // The core looks for its commit before it believes that.
    inSessions: false,
    of: (store) => {
      const isDue = seldom(10);
      return {
        async replace(...args) {
          const replaced = await store.replace(...args);
          if (isDue()) throw new SessionError("STORE_UNAVAILABLE", "Nothing was written.");
          return replaced;
        },
      };
    },
  },
  {
    fault: "replace says yes and writes nothing",
    inSessions: true,
    of: (store) => {
      const isDue = seldom(10);
      return { replace: async (...args) => (isDue() ? true : store.replace(...args)) };
    },
  },
  {
    fault: "delete says yes and leaves the record",
    inSessions: true,
    of: () => ({ delete: async () => true }),
  },
  {
    fault: "read is now and then a moment behind",
    inSessions: true,
    of: (store) => {
      const isDue = seldom(10);
      const last = new Map<string, StoredRecord | undefined>();
      return {
        async read(key, now) {
          const stale = last.get(keyOf(key));
          if (stale && isDue()) return stale;
          const record = await store.read(key, now);
          last.set(keyOf(key), record);
          return record;
        },
      };
    },
  },
];
