import { isAt } from "../../../src/stores/shared/fence.ts";
import type { RecordKey, RecordStamp, SessionStore, StoredRecord } from "../../../src/types/store.ts";
import { nameOf, type Plain, plainStore } from "./plain.ts";

const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Broken {
  readonly fault: string;
  /** The case that exists to catch it. */
  readonly caughtBy: string;
  make(): SessionStore;
}

function broken(
  fault: string,
  caughtBy: string,
  change: (plain: Plain, records: Map<string, StoredRecord>) => Partial<SessionStore>,
): Broken {
  const make = (): SessionStore => {
    const records = new Map<string, StoredRecord>();
    const plain = plainStore(records);
    return { ...plain, ...change(plain, records) };
  };
  return { fault, caughtBy, make };
}

const isStill = (base: StoredRecord | undefined, expected: RecordStamp): boolean =>
  base !== undefined && isAt(base, expected);

/** Faults that stores have in the wild, each in a store that is right otherwise. */
export const brokenStores: readonly Broken[] = [
  broken("create forgets the user", "create stores a record and read returns every field", (plain) => ({
    create: (record, now) => plain.create({ ...record, userId: undefined }, now),
  })),
  broken("replace undoes a touch that came between", "a touch by another writer is never undone", (plain, records) => ({
    async replace(record, expected, now) {
      const replaced = await plain.replace(record, expected, now);
      if (replaced) records.set(nameOf(record), { ...record });
      return replaced;
    },
  })),
  broken("upsert instead of replace", "replace never inserts", (plain, records) => ({
    async replace(record, expected, now) {
      if (records.has(nameOf(record))) return plain.replace(record, expected, now);
      return plain.create(record, now);
    },
  })),
  broken(
    "replace checks, waits and then sets",
    "of 64 parallel replaces of one version exactly one succeeds, and it is the one that is stored",
    (plain, records) => ({
      async replace(record, expected, now) {
        const isCurrent = isStill(await plain.read(record, now), expected);
        await pause();
        if (isCurrent && records.has(nameOf(record))) records.set(nameOf(record), { ...record });
        return isCurrent;
      },
    }),
  ),
  broken(
    "replace checks, waits and then inserts",
    "a replace or touch that races with delete never brings the record back",
    (plain, records) => ({
      async replace(record, expected, now) {
        const isCurrent = isStill(await plain.read(record, now), expected);
        await pause();
        if (isCurrent) records.set(nameOf(record), { ...record });
        return isCurrent;
      },
    }),
  ),
  broken(
    "create checks, waits and then inserts",
    "of 64 parallel creates of one key exactly one succeeds, and it is the one that is stored",
    (_, records) => ({
      async create(record) {
        const isFree = !records.has(nameOf(record));
        await pause();
        if (isFree) records.set(nameOf(record), { ...record });
        return isFree;
      },
    }),
  ),
  broken("replace keeps the old version", "replace succeeds once for each version", (plain) => ({
    replace: (record, expected, now) => plain.replace({ ...record, ...expected }, expected, now),
  })),
  broken(
    "replace looks at the version only",
    "replace refuses another commit of the same version and changes nothing",
    (plain) => ({
      async replace(record, { version }, now) {
        const base = await plain.read(record, now);
        return base?.version === version && plain.replace(record, base, now);
      },
    }),
  ),
  broken(
    "touch looks at the version only",
    "touch refuses another commit of the same version and changes nothing",
    (plain) => ({
      async touch(key, { version }, lastSeenAt, expiresAt, now) {
        const base = await plain.read(key, now);
        return base?.version === version && plain.touch(key, base, lastSeenAt, expiresAt, now);
      },
    }),
  ),
  broken("replace keeps the old commit id", "replace stores body, user, times and the next version", (plain) => ({
    replace: (record, expected, now) => plain.replace({ ...record, commitId: expected.commitId }, expected, now),
  })),
  broken("replace compares how commit ids begin", "commit ids compare by bytes and as a whole", (plain) => ({
    async replace(record, { version, commitId }, now) {
      const base = await plain.read(record, now);
      return base?.version === version && base.commitId.startsWith(commitId) && plain.replace(record, base, now);
    },
  })),
  broken("touch compares how commit ids begin", "commit ids compare by bytes and as a whole", (plain) => ({
    async touch(key, { version, commitId }, lastSeenAt, expiresAt, now) {
      const base = await plain.read(key, now);
      const isSame = base?.version === version && base.commitId.startsWith(commitId);
      return isSame && plain.touch(key, base, lastSeenAt, expiresAt, now);
    },
  })),
  broken(
    "replace takes any commit that ever was",
    "a write of a history that the store has lost is refused",
    (plain) => {
      const seen = new Set<string>();
      return {
        async replace(record, expected, now) {
          const base = await plain.read(record, now);
          if (!base) return false;
          seen
            .add(JSON.stringify([base.version, base.commitId]))
            .add(JSON.stringify([record.version, record.commitId]));
          const isKnown =
            base.version === expected.version && seen.has(JSON.stringify([expected.version, expected.commitId]));
          return isKnown && plain.replace(record, base, now);
        },
      };
    },
  ),
  broken("commit ids fold case", "commit ids compare by bytes and as a whole", (plain) => ({
    create: (record, now) => plain.create({ ...record, commitId: record.commitId.toLowerCase() }, now),
    replace: (record, expected, now) =>
      plain.replace(record, { ...expected, commitId: expected.commitId.toLowerCase() }, now),
  })),
  broken("commit ids are cut", "commit ids compare by bytes and as a whole", (plain) => ({
    create: (record, now) => plain.create({ ...record, commitId: record.commitId.slice(0, 32) }, now),
  })),
  broken("replace ignores the version", "replace refuses any other version and changes nothing", (plain) => ({
    async replace(record, _expected, now) {
      const base = await plain.read(record, now);
      return base !== undefined && plain.replace(record, base, now);
    },
  })),
  broken("replace accepts newer versions", "replace refuses any other version and changes nothing", (plain) => ({
    async replace(record, expected, now) {
      const base = await plain.read(record, now);
      return base !== undefined && base.version <= expected.version && plain.replace(record, base, now);
    },
  })),
  broken("replace keeps the old user", "replace stores body, user, times and the next version", (plain) => ({
    async replace(record, expected, now) {
      const userId = (await plain.read(record, now))?.userId;
      return plain.replace({ ...record, userId }, expected, now);
    },
  })),
  broken("replace revives what is expired", "replace refuses an expired record", (plain) => ({
    replace: (record, expected) => plain.replace(record, expected, 0),
  })),
  broken("replace says no although it wrote", "eight writers that try again add up exactly", (plain) => ({
    async replace(record, expected, now) {
      return (await plain.replace(record, expected, now)) && record.version % 2 === 0;
    },
  })),
  broken("touch inserts", "touch never inserts", (plain) => ({
    async touch(key, expected, lastSeenAt, expiresAt, now) {
      if (await plain.touch(key, expected, lastSeenAt, expiresAt, now)) return true;
      return plain.create({ ...key, ...expected, body: "", createdAt: now, lastSeenAt, expiresAt }, now);
    },
  })),
  broken("touch ignores the version", "touch refuses any other version and changes nothing", (plain) => ({
    async touch(key, _expected, lastSeenAt, expiresAt, now) {
      const base = await plain.read(key, now);
      return base !== undefined && plain.touch(key, base, lastSeenAt, expiresAt, now);
    },
  })),
  broken(
    "touch writes the whole record back later",
    "a touch that races with replace undoes nothing",
    (plain, records) => ({
      async touch(key, expected, lastSeenAt, expiresAt, now) {
        const base = await plain.read(key, now);
        if (!base || !isStill(base, expected)) return false;
        await pause();
        if (records.has(nameOf(key))) records.set(nameOf(key), { ...base, lastSeenAt, expiresAt });
        return true;
      },
    }),
  ),
  broken("touch raises the version", "touch moves the times and nothing else", (plain) => ({
    async touch(key, expected, lastSeenAt, expiresAt, now) {
      const base = await plain.read(key, now);
      const record = base && { ...base, version: base.version + 1, lastSeenAt, expiresAt };
      return record !== undefined && plain.replace(record, expected, now);
    },
  })),
  broken("touch revives what is expired", "touch refuses an expired record", (plain) => ({
    touch: (key, expected, lastSeenAt, expiresAt) => plain.touch(key, expected, lastSeenAt, expiresAt, 0),
  })),
  broken("touch moves deadlines forward only", "a deadline can be moved to an earlier time", (plain) => ({
    async touch(key, expected, lastSeenAt, expiresAt, now) {
      const latest = Math.max(expiresAt, (await plain.read(key, now))?.expiresAt ?? 0);
      return plain.touch(key, expected, lastSeenAt, latest, now);
    },
  })),
  broken(
    "read gives expired records",
    "a record is read until the millisecond before expiresAt, and never from then on",
    (plain) => ({ read: (key) => plain.read(key, 0) }),
  ),
  broken(
    "read is one millisecond late",
    "a record is read until the millisecond before expiresAt, and never from then on",
    (plain) => ({ read: (key, now) => plain.read(key, now - 1) }),
  ),
  broken("read throws when there is nothing", "a missing record is a result, not an error", (plain) => ({
    async read(key, now) {
      const record = await plain.read(key, now);
      if (!record) throw new Error("not found");
      return record;
    },
  })),
  broken("read gives null for no user", "a record without a user comes back without one", (plain) => ({
    async read(key, now) {
      const record = await plain.read(key, now);
      return record && ({ ...record, userId: record.userId ?? null } as unknown as StoredRecord);
    },
  })),
  broken("read hands out its own object", "records are copies on the way in and on the way out", (_, records) => ({
    async read(key, now) {
      const record = records.get(nameOf(key));
      return record && record.expiresAt > now ? record : undefined;
    },
  })),
  broken("create keeps the caller's object", "records are copies on the way in and on the way out", (_, records) => ({
    async create(record) {
      if (records.has(nameOf(record))) return false;
      records.set(nameOf(record), record);
      return true;
    },
  })),
  broken("create overwrites", "create refuses an existing key and leaves its record alone", (plain) => ({
    async create(record, now) {
      await plain.delete(record);
      return plain.create(record, now);
    },
  })),
  broken(
    "create overwrites what is expired",
    "create refuses the key of a record that is expired and not yet pruned",
    (plain) => ({
      async create(record, now) {
        if (!(await plain.read(record, now))) await plain.delete(record);
        return plain.create(record, now);
      },
    }),
  ),
  broken(
    "delete checks, waits and then deletes",
    "of 64 parallel deletes of one record exactly one succeeds",
    (plain) => ({
      async delete(key) {
        const wasThere = (await plain.read(key, 0)) !== undefined;
        await pause();
        await plain.delete(key);
        return wasThere;
      },
    }),
  ),
  broken("delete is always true", "delete removes one record, once, and its key is free again", (plain) => ({
    async delete(key) {
      await plain.delete(key);
      return true;
    },
  })),
  broken(
    "delete leaves a tombstone that blocks the key",
    "delete removes one record, once, and its key is free again",
    (plain) => ({
      async delete(key) {
        const record = await plain.read(key, 0);
        return record !== undefined && plain.replace({ ...record, expiresAt: 0 }, record, 0);
      },
    }),
  ),
  broken("namespaces mixed", "the same id in two namespaces names two records", (plain) =>
    withKeys(plain, ({ id }) => ({ namespace: "", id })),
  ),
  broken("namespace and id are one text", "namespace and id are not joined ambiguously", (plain) =>
    withKeys(plain, ({ namespace, id }) => ({ namespace: "", id: `${namespace}:${id}` })),
  ),
  broken("ids fold case", "ids and namespaces compare by bytes", (plain) =>
    withKeys(plain, ({ namespace, id }) => ({ namespace, id: id.toLowerCase() })),
  ),
  broken("ids lose trailing spaces", "ids and namespaces compare by bytes", (plain) =>
    withKeys(plain, ({ namespace, id }) => ({ namespace, id: id.trimEnd() })),
  ),
  broken("bodies end at NUL", "a body of any characters is returned unchanged", (plain) => ({
    create: (record, now) => plain.create({ ...record, body: record.body.replace(/\0.*$/s, "") }, now),
  })),
  broken("bodies are cut at 64 KiB", "a body of any characters is returned unchanged", (plain) => ({
    create: (record, now) => plain.create({ ...record, body: record.body.slice(0, 65_535) }, now),
  })),
  broken("clear empties every namespace", "list, count and clear keep to their namespace", (_, records) => ({
    clear: async () => records.clear(),
  })),
  broken("count counts writes", "count returns the number of live records", (plain) => {
    let writes = 0;
    return {
      async replace(record, expected, now) {
        const done = await plain.replace(record, expected, now);
        if (done) writes++;
        return done;
      },
      count: async (namespace, now) => (await plain.count(namespace, now)) + writes,
    };
  }),
  broken("count includes expired records", "list and count leave expired records out", (plain) => ({
    count: (namespace) => plain.count(namespace, 0),
  })),
  broken("list includes expired records", "list and count leave expired records out", (plain) => ({
    list: (namespace, filter) => plain.list(namespace, filter, 0),
  })),
  broken("the user index is not updated by replace", "the list of a user follows login, logout and delete", (plain) => {
    const first = new Map<string, string | undefined>();
    return {
      create(record, now) {
        first.set(nameOf(record), record.userId);
        return plain.create(record, now);
      },
      async list(namespace, filter, now) {
        const { records } = await plain.list(namespace, { limit: 1_000 }, now);
        const own = records.filter((record) => first.get(nameOf(record)) === filter.userId);
        return filter.userId === undefined ? plain.list(namespace, filter, now) : { records: own };
      },
    };
  }),
  broken("the user index is written before the record", "a refused write changes no list", (plain) => {
    const owners = new Map<string, string | undefined>();
    return {
      create(record, now) {
        owners.set(nameOf(record), record.userId);
        return plain.create(record, now);
      },
      async list(namespace, filter, now) {
        const { records } = await plain.list(namespace, { limit: 1_000 }, now);
        const own = records.filter((record) => owners.get(nameOf(record)) === filter.userId);
        return filter.userId === undefined ? plain.list(namespace, filter, now) : { records: own };
      },
    };
  }),
  broken("user ids fold accents", "user ids compare by bytes", (plain) => ({
    async list(namespace, filter, now) {
      const fold = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "");
      if (filter.userId === undefined) return plain.list(namespace, filter, now);
      const { records } = await plain.list(namespace, { limit: 1_000 }, now);
      return { records: records.filter(({ userId }) => fold(userId ?? "") === fold(filter.userId ?? "")) };
    },
  })),
  broken(
    "list is in order of insertion",
    "list returns whole records in order of createdAt, then id",
    (plain, records) => ({
      async list(namespace, filter, now) {
        const page = await plain.list(namespace, filter, now);
        const place = (record: StoredRecord) => [...records.keys()].indexOf(nameOf(record));
        return { ...page, records: page.records.sort((a, b) => place(a) - place(b)) };
      },
    }),
  ),
  broken("the cursor is a time only", "pages of any size hold every record once", (plain) => ({
    async list(namespace, filter, now) {
      const page = await plain.list(namespace, filter, now);
      const [createdAt] = JSON.parse(page.cursor ?? "[0]") as [number];
      return { ...page, cursor: page.cursor && JSON.stringify([createdAt, "\uffff"]) };
    },
  })),
  broken(
    "pages count from the start",
    "records that come and go between two pages neither hide nor repeat others",
    (plain) => ({
      async list(namespace, { cursor = "0", limit, ...filter }, now) {
        const { records } = await plain.list(namespace, { ...filter, limit: 1_000 }, now);
        const end = Number(cursor) + limit;
        return { records: records.slice(Number(cursor), end), cursor: end < records.length ? String(end) : undefined };
      },
    }),
  ),
  broken("the limit of list is ignored", "pages of any size hold every record once", (plain) => ({
    list: (namespace, filter, now) => plain.list(namespace, { ...filter, limit: 1_000 }, now),
  })),
  broken("list hands out its own objects", "listed records are copies", (_, records) => ({
    async list(namespace) {
      return { records: [...records.values()].filter((record) => record.namespace === namespace) };
    },
  })),
  broken(
    "prune takes what lives",
    "prune deletes expired records up to the limit and returns the number of deleted records",
    (plain) => ({ prune: (now, limit) => plain.prune(now + 1, limit) }),
  ),
  broken(
    "the limit of prune is ignored",
    "prune deletes expired records up to the limit and returns the number of deleted records",
    (plain) => ({ prune: (now) => plain.prune(now, 1_000) }),
  ),
  broken("prune goes by the first deadline", "prune goes by the deadline that replace or touch set last", (plain) => {
    const deadlines = new Map<string, StoredRecord>();
    return {
      create(record, now) {
        deadlines.set(nameOf(record), record);
        return plain.create(record, now);
      },
      async prune(now, limit) {
        const over = [...deadlines.values()].filter(({ expiresAt }) => expiresAt <= now).slice(0, limit);
        const gone = await Promise.all(over.map((record) => plain.delete(record)));
        return gone.filter(Boolean).length;
      },
    };
  }),
  broken("prune looks, waits and then deletes", "prune deletes no record whose touch succeeded", (plain, records) => ({
    async prune(now, limit) {
      const over = [...records.values()].filter(({ expiresAt }) => expiresAt <= now).slice(0, limit);
      await pause();
      return over.filter((record) => records.delete(nameOf(record))).length;
    },
    async touch(key, expected, lastSeenAt, expiresAt, now) {
      await Promise.resolve();
      return plain.touch(key, expected, lastSeenAt, expiresAt, now);
    },
  })),
  broken("a store without a name", "a store has a kind and a name", () => ({ name: "" })),
  broken("delete chokes on the signal", "every method accepts a signal", (plain) => ({
    async delete(key, call) {
      if (call) throw new TypeError("too many arguments");
      return plain.delete(key);
    },
  })),
  broken(
    "setup starts afresh",
    "setup can be called again, at the same time and over existing records",
    (_, records) => ({ setup: async () => records.clear() }),
  ),
  broken("the clock tells seconds", "the store's clock, if it has one, returns epoch milliseconds", () => ({
    time: async () => Date.now() / 1_000,
  })),
  broken("close fails the second time", "close can be called twice", () => {
    let isClosed = false;
    return {
      async close() {
        if (isClosed) throw new Error("closed already");
        isClosed = true;
      },
    };
  }),
  broken("a method is missing", "the store has every ability", () => ({ count: undefined as never })),
];

/** A store that files records under another key than the one it is given. */
function withKeys(plain: Plain, filed: (key: RecordKey) => RecordKey): Partial<SessionStore> {
  const original = new Map<string, RecordKey>();
  const under = <T extends RecordKey>(key: T): T => ({ ...key, ...filed(key) });
  return {
    async read(key, now) {
      const record = await plain.read(filed(key), now);
      return record && { ...record, ...original.get(nameOf(filed(key))) };
    },
    async create(record, now) {
      const done = await plain.create(under(record), now);
      if (done) original.set(nameOf(filed(record)), { namespace: record.namespace, id: record.id });
      return done;
    },
    replace: (record, ...rest) => plain.replace(under(record), ...rest),
    touch: (key, ...rest) => plain.touch(filed(key), ...rest),
    delete: (key) => plain.delete(filed(key)),
  };
}
