import { createConnection, createPool } from "mysql2/promise";
import pg from "pg";
import postgres from "postgres";
import { expect, test } from "vitest";
import { startRelay } from "../../../bench/stores/relay.ts";
import { mysqlStore } from "../../../src/stores/mysql/index.ts";
import { postgresStore } from "../../../src/stores/postgres/index.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import type { SessionStore } from "../../../src/types/store.ts";
import {
  hasMysql,
  hasPostgres,
  hour,
  kept,
  mysqlEngine,
  mysqlUrl,
  newTable,
  next,
  now,
  postgresEngine,
  postgresUrl,
  record,
} from "../../support/stores/sql.ts";

const pgPool = (url: string) => kept(new pg.Pool({ connectionString: url, max: 1 }), (pool) => pool.end());
const pgClient = async (url: string) => {
  const client = kept(new pg.Client(url), (one) => one.end());
  await client.connect();
  return client;
};
const sql = (url: string) => kept(postgres(url, { max: 1 }), (one) => one.end());
const mysqlConnection = async (url: string) => kept(await createConnection(url), (one) => one.end());
const mysqlPool = (url: string) => kept(createPool({ uri: url, connectionLimit: 1 }), (pool) => pool.end());

const over = {
  isThere: hasPostgres,
  engine: postgresEngine,
  url: postgresUrl,
};
const cases = {
  "a Pool of pg": {
    ...over,
    store: async (url: string, table: string) => postgresStore({ client: pgPool(url), table }),
    first: 1,
  },
  "a Client of pg": {
    ...over,
    store: async (url: string, table: string) => postgresStore({ client: await pgClient(url), table }),
    first: 1,
  },
  "postgres.js": {
    ...over,
    store: async (url: string, table: string) => postgresStore({ client: sql(url), table }),
    // It prepares each statement on each connection.
    first: 2,
  },
  "a pool of mysql2": {
    isThere: hasMysql,
    engine: mysqlEngine,
    url: mysqlUrl,
    store: async (url: string, table: string) => mysqlStore({ pool: mysqlPool(url), table }),
    // As above, but for what takes a LIMIT.
    first: 2,
  },
  "a connection of mysql2": {
    isThere: hasMysql,
    engine: mysqlEngine,
    url: mysqlUrl,
    store: async (url: string, table: string) => mysqlStore({ pool: await mysqlConnection(url), table }),
    first: 2,
    // It asks each time whether the application has begun a transaction.
    each: 2,
  },
};

for (const [name, { isThere, engine, url, store: make, first, ...rest }] of Object.entries(cases)) {
  const each = "each" in rest ? rest.each : 1;
  test.skipIf(!isThere)(`each operation is ${each === 1 ? "one round trip" : "two round trips"}: ${name}`, async () => {
    const relay = kept(await startRelay(url()), (one) => one.close());
    const store = await make(relay.url, newTable(engine));
    await store.setup?.();
    relay.take();
    const taken = async (operation: unknown): Promise<number> => {
      await operation;
      return relay.take();
    };
    for (const most of [first, each]) {
      const one = record({ id: `${most}`, userId: "ada" });
      for (const operation of operations(store, one)) {
        const trips = await taken(operation());
        expect(trips).toBeGreaterThan(0);
        expect(trips).toBeLessThanOrEqual(most);
      }
      // It deletes what has expired, and postpones what lives on.
      expect(await taken(store.prune?.(now, 5))).toBeLessThanOrEqual(2 * most);
      // A second time, by the same statements.
      expect(await taken(store.create(one, now))).toBe(each);
      expect(await taken(store.create(one, now))).toBe(each);
      expect(await taken(store.delete(one))).toBe(each);
    }
  });
}

function operations(store: SessionStore, one: ReturnType<typeof record>): (() => unknown)[] {
  return [
    () => store.create(one, now),
    () => store.read(one, now),
    () => store.replace(next(one), stamp(1), now),
    () => store.touch(one, stamp(2), now, now + hour, now),
    () => store.list?.("session", { limit: 5 }, now),
    () => store.list?.("session", { userId: "ada", limit: 5 }, now),
    () => store.count?.("session", now),
    () => store.delete(one),
    () => store.clear?.("session"),
  ];
}
