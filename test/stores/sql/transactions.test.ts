import { createPool } from "mysql2/promise";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { mysqlStore } from "../../../src/stores/mysql/index.ts";
import { postgresStore } from "../../../src/stores/postgres/index.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import { SessionError } from "../../../src/types/errors.ts";
import type { SessionStore } from "../../../src/types/store.ts";
import {
  failure,
  hasMysql,
  hasPostgres,
  hour,
  kept,
  mysqlCallbackConnection,
  mysqlConnection,
  mysqlEngine,
  mysqlPool,
  mysqlUrl,
  newTable,
  next,
  now,
  open,
  pgClient,
  pgPool,
  postgresEngine,
  postgresUrl,
  problem,
  record,
  type SqlEngine,
} from "../../support/stores/sql.ts";

/** A connection that the application shares with the store. */
interface Shared {
  readonly store: SessionStore;
  query(sql: string): Promise<unknown>;
}

interface Case {
  readonly engine: SqlEngine;
  readonly isThere: boolean;
  share(table: string): Promise<Shared>;
}

const overPostgres = { engine: postgresEngine, isThere: hasPostgres };
const overMysql = { engine: mysqlEngine, isThere: hasMysql };

/** As in versions of pg that do not report the status of a connection. */
class OldClient extends pg.Client {
  override getTransactionStatus = undefined as never;
}

async function pgShared(client: pg.Client, table: string): Promise<Shared> {
  await client.connect();
  kept(client, (one) => one.end());
  return { store: postgresStore({ client, table }), query: (sql) => client.query(sql) };
}

const cases: Record<string, Case> = {
  "a Client of pg": {
    ...overPostgres,
    async share(table) {
      const { client, store } = await open(pgClient);
      return { store: store({ table }), query: (sql) => client.query(sql) };
    },
  },
  "a Client of an older pg": { ...overPostgres, share: (table) => pgShared(new OldClient(postgresUrl()), table) },
  "a client that was checked out of a Pool of pg": {
    ...overPostgres,
    async share(table) {
      const { pool } = await open(pgPool);
      const client = kept(await pool.connect(), (one) => one.release());
      return { store: postgresStore({ client, table }), query: (sql) => client.query(sql) };
    },
  },
  "a connection of mysql2 with promises": {
    ...overMysql,
    async share(table) {
      const { pool, store } = await open(mysqlConnection);
      return { store: store({ table }), query: (sql) => pool.query(sql) };
    },
  },
  "a connection of mysql2 with callbacks": {
    ...overMysql,
    async share(table) {
      const { pool, store } = await open(mysqlCallbackConnection);
      return { store: store({ table }), query: (sql) => pool.query(sql) };
    },
  },
};

const operations: Record<string, (store: SessionStore) => unknown> = {
  create: (store) => store.create(record({ id: "other" }), now),
  replace: (store) => store.replace(next(record()), stamp(1), now),
  touch: (store) => store.touch(record(), stamp(1), now + 5, now + 2 * hour, now),
  delete: (store) => store.delete(record()),
  prune: (store) => store.prune?.(now + 9 * hour, 5),
  clear: (store) => store.clear?.("session"),
  read: (store) => store.read(record(), now),
  list: (store) => store.list?.("session", { limit: 5 }, now),
};

for (const [name, { engine, isThere, share }] of Object.entries(cases)) {
  describe.skipIf(!isThere)(`B75: ${name} on which the application has begun a transaction`, async () => {
    const table = isThere ? newTable(engine) : "";
    const { store, query } = isThere ? await share(table) : ({} as Shared);
    const content = () => engine.query(`SELECT * FROM ${table} ORDER BY id`);

    const expectRefusal = async (answer: unknown): Promise<void> => {
      const error = await failure(answer);
      expect(error.code).toBe("STORE_UNAVAILABLE");
      expect(error.message).toContain("has a transaction open on the connection");
      expect(error.message).toContain("Nothing was written");
      expect(error.message).toContain("Give the store a pool");
    };

    test.each(Object.entries(operations))("%s is refused, and the transaction goes on", async (_, operation) => {
      await engine.query(`DELETE FROM ${table}`).catch(() => undefined);
      await store.create(record(), now);
      const before = await content();
      await query("BEGIN");
      await expectRefusal(operation(store));
      await query(`SELECT * FROM ${table}`);
      await query("COMMIT");
      expect(await content()).toEqual(before);
      await operation(store);
    });

    test("B75: a transaction of the application is noticed also while its BEGIN is on the way", async () => {
      await engine.query(`DELETE FROM ${table}`);
      await store.create(record(), now);
      const beginning = query("BEGIN");
      const deleting = store.delete(record());
      const ending = query("ROLLBACK");
      await beginning;
      await expectRefusal(deleting);
      await ending;
      expect(await store.read(record(), now)).toEqual(record());
      expect(await store.delete(record())).toBe(true);
    });

    test("B75: a transaction of the application is noticed also if it began before the store's first use", async () => {
      const { store, query } = await share(table);
      await query("BEGIN");
      await expectRefusal(store.read(record(), now));
      await query("COMMIT");
      await store.read(record(), now);
    });
  });
}

test.skipIf(!hasPostgres)("B75: a failed transaction is one, too, and is named", async () => {
  const { client, store: over } = await open(pgClient);
  const store = over({ table: newTable(postgresEngine) });
  await store.create(record(), now);
  await client.query("BEGIN");
  await expect(client.query("SELECT 1/0")).rejects.toThrow();
  expect((await failure(store.delete(record()))).message).toContain("has a transaction open");
  await client.query("ROLLBACK");
  expect(await store.delete(record())).toBe(true);
});

test.skipIf(!hasPostgres)(
  "B75: in pg's pipeline mode a write that joined a transaction is not acknowledged",
  async () => {
    const client = new pg.Client(postgresUrl());
    const table = newTable(postgresEngine);
    const { store } = await pgShared(client, table);
    await store.create(record(), now);
    (client as pg.Client & { pipeline: boolean }).pipeline = true;
    const beginning = client.query("BEGIN");
    const deleting = problem(store.delete(record()));
    await beginning;
    const error = await deleting;
    expect(error).not.toBeInstanceOf(SessionError);
    expect(String(error)).toContain("became part of a transaction");
    await client.query("ROLLBACK");
    expect(await store.read(record(), now)).toEqual(record());
  },
);

test.skipIf(!hasMysql)(
  "B75: a connection of mysql2 whose autocommit was switched off acknowledges nothing",
  async () => {
    const { pool, store: over } = await open(mysqlConnection);
    const store = over({ table: newTable(mysqlEngine) });
    await store.create(record(), now);
    await pool.query("SET autocommit = 0");
    const error = await problem(store.delete(record()));
    expect(error).not.toBeInstanceOf(SessionError);
    expect(String(error)).toContain("became part of a transaction");
    expect((await failure(store.read(record(), now))).message).toContain("has a transaction open");
    await pool.query("ROLLBACK");
    await pool.query("SET autocommit = 1");
    expect(await store.read(record(), now)).toEqual(record());
    expect(await store.delete(record())).toBe(true);
  },
);

describe("B75: a connection that came back to its pool in the middle of a transaction", () => {
  test.skipIf(!hasPostgres)(
    "B75: a connection of pg that came back inside a transaction is closed, and the write goes to another one",
    async () => {
      const table = newTable(postgresEngine);
      const { pool, store: over } = await open(() => pgPool({ max: 1 }));
      const store = over({ table });
      await store.create(record(), now);
      const client = await pool.connect();
      await client.query("BEGIN");
      client.release();
      expect(await store.delete(record())).toBe(true);
      await pool.query("ROLLBACK");
      expect(await postgresEngine.query(`SELECT * FROM ${table}`)).toEqual([]);
    },
  );

  test.skipIf(!hasMysql)(
    "B75: a connection of mysql2 that came back inside a transaction is closed, and the write goes to another one",
    async () => {
      const table = newTable(mysqlEngine);
      const { pool, store: over } = await open(() => mysqlPool({ connectionLimit: 1 }));
      const store = over({ table });
      await store.create(record(), now);
      const connection = await pool.getConnection();
      await connection.query("BEGIN");
      connection.release();
      expect(await store.delete(record())).toBe(true);
      await pool.query("ROLLBACK");
      expect(await mysqlEngine.query(`SELECT * FROM ${table}`)).toEqual([]);
    },
  );
});

test.skipIf(!hasMysql)("a pool of mysql2 is asked nothing about transactions", async () => {
  const pool = kept(createPool({ uri: mysqlUrl(), connectionLimit: 1 }), (one) => one.end());
  const store = mysqlStore({ pool, table: newTable(mysqlEngine) });
  await store.setup?.();
  const asked = async () => {
    const [rows] = await pool.query("SHOW SESSION STATUS LIKE 'Questions'");
    return Number((rows as { Value: string }[])[0]?.Value);
  };
  const before = await asked();
  await store.create(record(), now);
  // The statement, its preparation, and the question itself.
  expect((await asked()) - before).toBeLessThanOrEqual(3);
});
