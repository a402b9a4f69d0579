import { inspect } from "node:util";
import { createPool, type PoolOptions, type RowDataPacket } from "mysql2/promise";
import { describe, expect, test } from "vitest";
import { type MysqlStoreOptions, mysqlStore } from "../../src/stores/mysql/index.ts";
import { openUrl } from "../../src/stores/mysql/open.ts";
import { withValues } from "../../src/stores/mysql/text.ts";
import { storeConformance } from "../../src/testing/index.ts";
import { stamp } from "../../src/testing/store/rule.ts";
import { startMariadb } from "../support/servers/mariadb.ts";
import {
  mysqlEngine as engine,
  failure,
  hasMysql,
  hour,
  kept,
  mysqlCallbackConnection,
  mysqlCallbackPool,
  mysqlConnection,
  mysqlPool,
  mysqlUrl,
  newTable,
  now,
  type OpenClients,
  open,
  record,
} from "../support/stores/sql.ts";

const clients: OpenClients = {
  "a pool with promises": mysqlPool,
  "a pool with callbacks and one connection that counts changed rows": () =>
    mysqlCallbackPool({ connectionLimit: 1, flags: ["-FOUND_ROWS"] }),
  "a connection with promises": mysqlConnection,
  "a connection with callbacks": mysqlCallbackConnection,
  "a pool that is not strict and reads quotes, backslashes, rows and times in its own way": () =>
    mysqlPool(unusual, unusualSettings),
  "a pool in the SQL mode ORACLE": () => mysqlPool({}, oracle),
  "such a pool, which reads values in its own way, too": () =>
    mysqlPool({ ...unusual, typeCast: () => "the application's" }, unusualSettings),
};

const unusual: PoolOptions = {
  charset: "latin1",
  namedPlaceholders: true,
  nestTables: "_",
  supportBigNumbers: true,
  bigNumberStrings: true,
  timezone: "+11:00",
};
/** MariaDB's, in which body is a reserved word; MySQL knows no such mode. */
const oracle = /mariadb/i.test(String(await version())) ? "SET sql_mode = 'ORACLE'" : "SET sql_mode = 'ANSI_QUOTES'";

async function version(): Promise<unknown> {
  const [[row] = []] = hasMysql ? [await engine.query("SELECT VERSION()")] : [];
  return row?.[0];
}

const unusualSettings = "SET sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES,PIPES_AS_CONCAT', time_zone = '-09:30'";

describe.skipIf(!hasMysql)("MySQL", () => {
  for (const [name, make] of Object.entries(clients)) {
    describe(`B9 B10 B12 B18 B51 B52: ${name} keeps the contract`, async () => {
      const client = await open(make);
      for (const { title, run } of storeConformance(() => client.store({ table: newTable(engine) }))) test(title, run);
    });
  }

  test("a connection that was checked out of a pool serves too, and is not given back", async () => {
    const pool = kept(createPool({ uri: mysqlUrl(), connectionLimit: 1 }), (one) => one.end());
    const connection = kept(await pool.getConnection(), (one) => one.release());
    const store = mysqlStore({ pool: connection, table: newTable(engine) });
    expect(await store.create(record(), now)).toBe(true);
    await store.close?.();
    const [rows] = await connection.query("SELECT 1 AS one");
    expect(rows).toEqual([{ one: 1 }]);
  });

  test("close() ends what the store opened, and leaves the application's pool alone", async () => {
    const table = newTable(engine);
    const own = mysqlStore({ url: mysqlUrl(), table });
    await own.setup?.();
    await own.close?.();
    await own.close?.();
    expect((await failure(own.read(record(), now))).message).toContain("store is closed");

    const pool = kept(createPool(mysqlUrl()), (one) => one.end());
    const store = mysqlStore({ pool, table });
    await store.setup?.();
    await store.close?.();
    expect((await pool.query("SELECT 1 AS one"))[0]).toEqual([{ one: 1 }]);
  });

  test("the server's clock is the same in every time zone", async () => {
    for (const zone of ["+00:00", "+13:00", "-11:00"]) {
      const { store } = await open(() => mysqlPool({}, `SET time_zone = '${zone}'`));
      const time = (await store({ table: newTable(engine) }).time?.()) ?? 0;
      expect(Math.abs(time - Date.now())).toBeLessThan(hour / 2);
    }
  });

  test("what is longer than a packet may be is an error that names the setting, and the store goes on", async () => {
    const [[longest] = []] = await engine.query("SELECT @@max_allowed_packet");
    const { store } = await open(() => mysqlPool({ connectionLimit: 1 }));
    const sessions = store({ table: newTable(engine) });
    await sessions.create(record(), now);
    const body = "x".repeat(Math.ceil(Number(longest) / 2));
    const error = await failure(sessions.replace(record({ ...stamp(2), body }), stamp(1), now));
    expect(error.code).toBe("STORE_UNAVAILABLE");
    expect(error.message).toContain("max_allowed_packet");
    expect(await sessions.read(record(), now)).toEqual(record());
    const largest = body.slice(0, -1_000);
    expect(await sessions.replace(record({ ...stamp(2), body: largest }), stamp(1), now)).toBe(true);
    expect((await sessions.read(record(), now))?.body === largest).toBe(true);
  });

  test("a server that is not strict gets no key that it would cut", async () => {
    const { store } = await open(() => mysqlPool({}, "SET sql_mode = ''"));
    const sessions = store({ table: newTable(engine) });
    const longest = "é".repeat(384);
    const user = "\u0001".repeat(255);
    expect(await sessions.create(record({ id: longest, namespace: longest, userId: user }), now)).toBe(true);
    const page = await sessions.list?.(longest, { userId: user, limit: 9 }, now);
    expect(page?.records).toEqual([record({ id: longest, namespace: longest, userId: user })]);
    for (const key of [{ id: `${longest}x` }, { namespace: `${longest}x` }]) {
      const error = await failure(sessions.create(record(key), now));
      expect(error.code).toBe("INVALID_OPTION");
      expect(error.message).toContain("768 bytes");
    }
    expect(await sessions.count?.("session", now)).toBe(0);
  });

  test("a connection prepares seven statements at most, however many operations there are", async () => {
    const { pool, store } = await open(() => mysqlPool({ connectionLimit: 1 }));
    const sessions = store({ table: newTable(engine) });
    for (const id of ["one", "two", "three"]) {
      const key = record({ id, userId: "ada" });
      await sessions.create(key, now);
      await sessions.read(key, now);
      await sessions.replace({ ...key, ...stamp(2) }, stamp(1), now);
      await sessions.touch(key, stamp(2), now, now + hour, now);
      for (const userId of [undefined, "ada"]) {
        await sessions.list?.("session", { limit: 5, ...(userId === undefined ? {} : { userId }) }, now);
      }
      await sessions.count?.("session", now);
      await sessions.delete(key);
      await sessions.prune?.(now, 5);
      await sessions.clear?.("session");
    }
    const [[status]] = await pool.query<RowDataPacket[]>("SHOW SESSION STATUS LIKE 'Com_stmt_prepare'");
    expect(status?.Value).toBe("7");
  });

  test("a server that prepares no statements gets them as text", async () => {
    const server = kept(await startMariadb({ args: ["--max-prepared-stmt-count=0"] }), (one) => one.dispose());
    const pool = kept(createPool({ uri: server.url, connectionLimit: 2 }), (one) => one.end());
    const store = mysqlStore({ pool });
    const ids = Array.from({ length: 20 }, (_, n) => `${n}`);
    expect(await Promise.all(ids.map((id) => store.create(record({ id }), now)))).toEqual(ids.map(() => true));
    expect(await Promise.all(ids.map((id) => store.read(record({ id }), now)))).toEqual(
      ids.map((id) => record({ id })),
    );
    const [[status]] = await pool.query<RowDataPacket[]>("SHOW GLOBAL STATUS LIKE 'Com_stmt_execute'");
    expect(status?.Value).toBe("0");
  });

  test("connections that would keep nothing are refused", async () => {
    const { store } = await open(() => mysqlPool({}, "SET autocommit = 0"));
    const error = await failure(store({ table: newTable(engine) }).setup?.());
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain("autocommit");
  });

  test("connections to no database are refused", async () => {
    const url = new URL(mysqlUrl());
    url.pathname = "/";
    const store = mysqlStore({ url: url.href });
    const error = await failure(store.setup?.());
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain("needs a database");
    await store.close?.();
  });

  test("B50: an error shows nothing of the session", async () => {
    const { store } = await open(mysqlPool);
    const table = newTable(engine);
    const sessions = store({ table });
    await sessions.setup?.();
    await engine.query(`DROP TABLE ${table}`);
    const error = await failure(sessions.create(record({ body: "secret" }), now));
    expect(error.code).toBe("STORE_UNAVAILABLE");
    expect(error.message).toContain("doesn't exist");
    const shown = inspect(error, { depth: 9, showHidden: true });
    expect(shown).toContain("VALUES (?, ?");
    for (const secret of ["secret", "736563726574"]) expect(shown.toLowerCase()).not.toContain(secret);
  });
});

describe("options of mysqlStore", () => {
  const pool = { promise() {}, query() {}, getConnection() {} } as never;
  const wrong: Record<string, [MysqlStoreOptions, RegExp]> = {
    "neither pool nor url": [{}, /one of "pool" .* and "url"/],
    "pool and url": [{ pool, url: "mysql://localhost" }, /one of "pool"/],
    "a url of something else": [{ url: "postgres://root:secret@localhost" }, /url must begin with "mysql:\/\/"/],
    "a url that is none": [{ url: 7 as never }, /url must begin/],
    "no pool at all": [{ pool: null as never }, /pool must be a pool or connection of the package mysql2/],
    "a pool of another kind": [{ pool: { getConnection() {}, query() {} } as never }, /pool must be a pool/],
    "a table that needs quotes": [{ pool, table: "a`b" }, /table must be a name/],
    "createTable as text": [{ pool, createTable: "false" as never }, /createTable must be true or false/],
  };
  test.each(Object.entries(wrong))("%s: refused at construction", (_, [options, message]) => {
    expect(() => mysqlStore(options)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    expect(() => mysqlStore(options)).toThrow(message);
    expect(() => mysqlStore(options)).not.toThrow(/secret/);
  });
});

describe("the package behind a url", () => {
  test("without it, one sentence says what to do", async () => {
    const error = await failure(openUrl("mysql://localhost", () => import(`not-installed-${"mysql2"}`)));
    expect(error.code).toBe("STORE_UNAVAILABLE");
    expect(error.message).toBe(
      'The package mysql2 was not found: run "npm install mysql2", or give the store a pool of your own.',
    );
  });

  test("a server that is not there, or a url that makes no sense, is an error without the password", async () => {
    const urls = {
      "mysql://root:secret@127.0.0.1:1/app": "STORE_UNAVAILABLE",
      "mysql://root:secret@:x/": "INVALID_OPTION",
    };
    for (const [url, code] of Object.entries(urls)) {
      const store = mysqlStore({ url });
      const error = await failure(store.read(record(), now));
      expect(error.code).toBe(code);
      expect(inspect(error, { depth: 9 })).not.toContain("secret");
      await store.close?.();
    }
  });
});

test("values go as they are, in any SQL mode", () => {
  expect(withValues("VALUES (?, ?, ?, ?)", ['it\'s \\ "?"\0é', -5, null, ""])).toBe(
    "VALUES (X'697427732\u{30}5c20223f2200c3a9', -5, NULL, X'')",
  );
});
