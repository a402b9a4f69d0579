import type { RecordKey, SessionStore, StoredRecord } from "coatcheck";
import type { Network } from "./network.ts";
import { expiredRecords, liveRecord, page, placeOf, recordAt, recordOfVersion, seen } from "./server.ts";
import type { Records } from "./table.ts";
import type { World } from "./world.ts";

/** The store as one process sees it: through its network, and for reads perhaps through a replica that lags. */
export function storeFor(world: World, network: Network, lag: () => number, hasTime: boolean): SessionStore {
  const { table, trace } = world;
  const find = world.engine.storeFlaw === "compares versions only" ? recordOfVersion : recordAt;
  const name = ({ id }: RecordKey): string => trace.name(id);
  const replica = (): Records => (lag() > 0 ? table.asOf(world.now - lag()) : table.records);

  const read = <T>(operation: string, about: string, execute: (records: Records) => T): Promise<T> =>
    network.send({ operation, about, isWrite: false, execute: () => execute(replica()) });

  const write = <T>(operation: string, about: string, execute: () => T): Promise<T> =>
    network.send({ operation, about, isWrite: true, execute });

  const put = (record: StoredRecord): true => {
    trace.mix(JSON.stringify(record));
    table.change(world.moment, world.now, (records) => records.set(placeOf(record), record));
    return true;
  };
  const remove = (keys: readonly RecordKey[]): number => {
    if (keys.length > 0) {
      table.change(world.moment, world.now, (records) => {
        for (const key of keys) records.delete(placeOf(key));
      });
    }
    return keys.length;
  };

  return {
    kind: "record",
    name: "simulated",
    atomic: true,
    read: (key, now) => read("read", name(key), (records) => liveRecord(records, key, now)),
    create: (given) => {
      const record = { ...given };
      return write("create", `${name(record)} version 1`, () => !table.records.has(placeOf(record)) && put(record));
    },
    replace: (given, { version, commitId }, now) => {
      const record = { ...given };
      return write("replace", `${name(record)} version ${version} by ${record.version}`, () => {
        const before = find(table.records, record, { version, commitId }, now);
        return before !== undefined && put(seen(before, record));
      });
    },
    touch: (key, { version, commitId }, lastSeenAt, expiresAt, now) =>
      write("touch", `${name(key)} version ${version}`, () => {
        const before = find(table.records, key, { version, commitId }, now);
        return before !== undefined && put(seen(before, { ...before, lastSeenAt, expiresAt }));
      }),
    delete: (key) => write("delete", name(key), () => table.records.has(placeOf(key)) && remove([key]) > 0),
    list: (namespace, filter, now) =>
      read("list", filter.userId ?? "everybody", (records) => page(records, namespace, filter, now)),
    count: (namespace, now) =>
      read("count", "", (records) => page(records, namespace, { limit: Number.POSITIVE_INFINITY }, now).records.length),
    prune: (now, limit) => write("prune", "", () => remove(expiredRecords(table.records, now, limit))),
    clear: (namespace) =>
      write("clear", "", () => {
        remove([...table.records.values()].filter((record) => record.namespace === namespace));
      }),
    ...(hasTime && { time: () => read("time", "", () => world.time) }),
  };
}
