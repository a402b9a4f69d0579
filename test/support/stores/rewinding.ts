import type { RecordKey, SessionStore, StoredRecord } from "coatcheck";

/** A store that can be put back to what it held earlier, as a failover to a replica that lagged or a restored backup does. */
export interface RewindingStore extends SessionStore {
  /** Remembers what is there. Gives what brings it back. */
  remember(): Promise<() => Promise<void>>;
}

/** Any store, made so by its own methods. */
export function rewinding(store: SessionStore): RewindingStore {
  const keys = new Map<string, RecordKey>();
  return {
    ...store,

    create({ namespace, id, ...fields }, now, call) {
      keys.set(JSON.stringify([namespace, id]), { namespace, id });
      return store.create({ namespace, id, ...fields }, now, call);
    },

    async remember() {
      const now = Date.now();
      const found = await Promise.all([...keys.values()].map((key) => store.read(key, now)));
      const records = found.filter((record): record is StoredRecord => record !== undefined);
      return async () => {
        await Promise.all([...keys.values()].map((key) => store.delete(key)));
        await Promise.all(records.map((record) => store.create(record, now)));
      };
    },
  };
}

/** The fault: a store that goes by the number of the version only. */
export function byNumberOnly(store: SessionStore): SessionStore {
  const current = async (key: RecordKey, version: number, now: number): Promise<StoredRecord | undefined> => {
    const record = await store.read(key, now);
    return record?.version === version ? record : undefined;
  };
  return {
    ...store,
    async replace(record, { version }, now, call) {
      const base = await current(record, version, now);
      return base !== undefined && store.replace(record, base, now, call);
    },
    async touch(key, { version }, lastSeenAt, expiresAt, now, call) {
      const base = await current(key, version, now);
      return base !== undefined && store.touch(key, base, lastSeenAt, expiresAt, now, call);
    },
  };
}

/** What one part of a test waits for and another opens. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}
