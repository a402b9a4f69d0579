import pg from "pg";
import postgres from "postgres";
import { describe, expect, test } from "vitest";
import { type PostgresStoreOptions, postgresStore } from "../../src/stores/postgres/index.ts";
import { openUrl } from "../../src/stores/postgres/open.ts";
import { storeConformance } from "../../src/testing/index.ts";
import { startProxy } from "../support/proxy/proxy.ts";
import {
  postgresEngine as engine,
  failure,
  hasPostgres,
  kept,
  newTable,
  now,
  type OpenClients,
  open,
  pgClient,
  pgPool,
  postgresJs,
  postgresUrl,
  record,
} from "../support/stores/sql.ts";

const clients: OpenClients = {
  "a Pool of pg": pgPool,
  "a Pool of pg with one connection, where all transactions are serializable": () =>
    pgPool({ max: 1, options: "-c default_transaction_isolation=serializable" }),
  "a Pool of pg where all transactions are serializable": () =>
    pgPool({ options: "-c default_transaction_isolation=serializable" }),
  "a Client of pg": pgClient,
  "postgres.js": postgresJs,
  "postgres.js with one connection, without prepared statements and with names of its own": () =>
    postgresJs({ max: 1, prepare: false, transform: postgres.camel, types: { bigint: postgres.BigInt } }),
};

describe.skipIf(!hasPostgres)("PostgreSQL", () => {
  for (const [name, make] of Object.entries(clients)) {
    describe(`B9 B10 B12 B18 B51 B52: ${name} keeps the contract`, async () => {
      const client = await open(make);
      for (const { title, run } of storeConformance(() => client.store({ table: newTable(engine) }))) test(title, run);
    });
  }

  test("a client that was checked out of a pool serves too, and is not given back", async () => {
    const { pool } = await open(pgPool);
    const client = kept(await pool.connect(), (one) => one.release());
    const store = postgresStore({ client, table: newTable(engine) });
    expect(await store.create(record(), now)).toBe(true);
    await store.close?.();
    expect(pool.idleCount).toBe(0);
    expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });

  test("statements have names, until the server does not know them, as behind a pooler in transaction mode", async () => {
    const { pool, store: over } = await open(() => pgPool({ max: 1 }));
    const store = over({ table: newTable(engine) });
    const named = async () => (await pool.query("SELECT statement FROM pg_prepared_statements")).rows;
    await store.create(record(), now);
    expect(await store.read(record(), now)).toEqual(record());
    expect(await named()).toHaveLength(2);
    await pool.query("DEALLOCATE ALL");
    expect(await store.read(record(), now)).toEqual(record());
    expect(await store.create(record(), now)).toBe(false);
    expect(await store.delete(record())).toBe(true);
    expect(await named()).toHaveLength(0);
  });

  test("B93: prepared statements of postgres.js behind a pooler in transaction mode are refused with the setting to change", async () => {
    const { sql } = await open(postgresJs);
    const missingName = Object.assign(new Error('prepared statement "x" does not exist'), { code: "26000" });
    const known = Object.assign(new Error('prepared statement "x" already exists'), { code: "42P05" });
    for (const error of [missingName, known]) {
      let sent = 0;
      const pooled = Object.assign(() => {}, {
        unsafe: (text: string, values?: [], options?: { prepare: boolean }) => {
          const query = values ? sql.unsafe(text, values, options) : sql.unsafe(text);
          if (values) sent++;
          return values ? { values: () => Promise.reject(error) } : query;
        },
      });
      const refusing = postgresStore({ client: pooled as never, table: newTable(engine) });
      await refusing.setup?.();
      const refusal = await failure(refusing.create(record(), now));
      expect(refusal.code).toBe("STORE_UNAVAILABLE");
      expect(refusal.message).toContain("nothing was written");
      expect(refusal.message).toContain("prepare: false");
      expect(refusal.cause).toBe(error);
      expect(sent).toBe(1);
    }
  });

  test("close() ends what the store opened, and leaves the application's client alone", async () => {
    const connections = async (name: string) =>
      engine.query(`SELECT pid FROM pg_stat_activity WHERE application_name = '${name}'`);
    const table = newTable(engine);
    const url = new URL(postgresUrl());
    url.searchParams.set("application_name", table);
    const own = postgresStore({ url: url.href, table });
    await own.setup?.();
    expect(await connections(table)).toHaveLength(1);
    await own.close?.();
    await expect.poll(() => connections(table)).toHaveLength(0);
    expect((await failure(own.read(record(), now))).message).toContain("store is closed");

    const { pool } = await open(pgPool);
    const store = postgresStore({ client: pool, table });
    await store.setup?.();
    await store.close?.();
    expect((await pool.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  });
});

describe("options of postgresStore", () => {
  const pool = new pg.Pool();
  const wrong: Record<string, [PostgresStoreOptions, RegExp]> = {
    "neither client nor url": [{}, /one of "client" .* and "url"/],
    "client and url": [{ client: pool, url: "postgres://localhost" }, /one of "client"/],
    "a url of something else": [{ url: "mysql://root:secret@localhost" }, /url must begin with "postgres:\/\/"/],
    "a url that is none": [{ url: 7 as never }, /url must begin/],
    "no client at all": [{ client: null as never }, /client must be a Pool or Client of the package pg/],
    "a client of another kind": [{ client: { query() {} } as never }, /client must be a Pool or Client/],
    "a function of another kind": [{ client: (() => {}) as never }, /client must be a Pool or Client/],
    "a table that needs quotes": [{ client: pool, table: 'a"b' }, /table must be a name/],
    "a schema that needs quotes": [{ client: pool, schema: "a.b" }, /schema must be a name/],
    "createTable as text": [{ client: pool, createTable: "false" as never }, /createTable must be true or false/],
  };
  test.each(Object.entries(wrong))("%s: refused at construction", (_, [options, message]) => {
    expect(() => postgresStore(options)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    expect(() => postgresStore(options)).toThrow(message);
    expect(() => postgresStore(options)).not.toThrow(/secret/);
  });
});

describe("the packages behind a url", () => {
  const missing = (name: string) => () => import(`not-installed-${name}`);

  test("without any, one sentence says what to do", async () => {
    const error = await failure(openUrl("postgres://localhost", missing("pg"), missing("postgres")));
    expect(error.code).toBe("STORE_UNAVAILABLE");
    expect(error.message).toBe(
      'No client for PostgreSQL was found: run "npm install pg" (or "postgres"), or give the store a client of your own.',
    );
    expect((error.cause as AggregateError).errors).toHaveLength(2);
  });

  test.skipIf(!hasPostgres)("postgres serves where pg is missing", async () => {
    const driver = await openUrl(postgresUrl(), missing("pg"));
    const { answer } = driver.send("SELECT $1::text || 'b', $2::bigint", ["a", 2]);
    expect((await answer).rows.map((row) => row.map(String))).toEqual([["ab", "2"]]);
    await driver.close();
  });

  test.skipIf(!hasPostgres)("B93: a connection of postgres that breaks while it begins ends no process", async () => {
    const proxy = kept(await startProxy(postgresUrl()), (one) => one.close());
    // The statement by which postgres reads the types of arrays, on each new connection. Its failure is handled nowhere.
    const struck = proxy.once({ kind: "before" }, { match: "typarray" });
    const driver = await openUrl(proxy.url, missing("pg"));
    expect((await driver.send("SELECT 1", []).answer).rows.map((row) => row.map(String))).toEqual([["1"]]);
    await driver.close();
    expect(await Promise.race([struck.then(() => "sent"), "not sent"])).toBe("not sent");
  });

  test("a server that is not there, or a url that makes no sense, is an error without the password", async () => {
    for (const [url, code, message] of [
      ["postgres://root:secret@127.0.0.1:1/app", "STORE_UNAVAILABLE", "nothing was written"],
      ["postgres://root:secret@:x/", "INVALID_OPTION", "percent-encoded"],
    ] as const) {
      const store = postgresStore({ url });
      const error = await failure(store.read(record(), now));
      expect(error.code).toBe(code);
      expect(error.message).toContain(message);
      expect(`${error.message} ${Object.values(error.cause ?? {})} ${error.stack}`).not.toContain("secret");
      await store.close?.();
    }
  });
});
