import type { SessionStore } from "coatcheck";

/** Stores that are wrong in a way that is common in the wild. The soak has to notice. */
const flaws: Readonly<Record<string, (store: SessionStore) => Partial<SessionStore>>> = {
  /** A slow request undoes what others wrote since its read. */
  "blind-writes": (store) => ({
    async replace(record, _expected, now, call) {
      const found = await store.read(record, now, call);
      if (found === undefined) return false;
      return store.replace({ ...record, version: found.version + 1 }, found, now, call);
    },
  }),
  /** A slow request brings back a session that was ended since its read. */
  upsert: (store) => ({
    async replace(record, expected, now, call) {
      if (await store.replace(record, expected, now, call)) return true;
      if ((await store.read(record, now, call)) !== undefined) return false;
      return store.create(record, now, call);
    },
  }),
  /** A logout that says it happened, and did not. */
  "lazy-delete": (store) => ({
    delete: async (key, call) => (await store.read(key, Date.now(), call)) !== undefined,
  }),
};

export const flawNames: readonly string[] = Object.keys(flaws);

export function withFlaw(store: SessionStore, flaw: string | undefined): SessionStore {
  return flaw === undefined ? store : { ...store, ...flaws[flaw]?.(store) };
}
