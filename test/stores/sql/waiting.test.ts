import { setTimeout as sleep } from "node:timers/promises";
import { createPool } from "mysql2/promise";
import pg from "pg";
import { describe, expect, test } from "vitest";
import { mysqlStore } from "../../../src/stores/mysql/index.ts";
import { postgresStore } from "../../../src/stores/postgres/index.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import { SessionError } from "../../../src/types/errors.ts";
import type { SessionStore } from "../../../src/types/store.ts";
import { startProxy } from "../../support/proxy/proxy.ts";
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
  postgresJs,
  postgresUrl,
  problem,
  record,
  type SqlEngine,
} from "../../support/stores/sql.ts";

/** A store whose only connection is in somebody's hands until `free()`. */
interface Busy {
  readonly store: SessionStore;
  free(): Promise<void>;
}

interface Case {
  readonly engine: SqlEngine;
  readonly isThere: boolean;
  /** `prepare` is called while the connection is still free. */
  busy(table: string, prepare: (store: SessionStore) => Promise<void>): Promise<Busy>;
}

/** Asks, on the only connection, for a lock that somebody else holds until the returned function is called. */
async function occupied(engine: SqlEngine, name: string, ask: (question: string) => Promise<unknown>) {
  const [take, leave] =
    engine.database === "postgres"
      ? [`SELECT pg_advisory_lock(hashtext('${name}'))`, `SELECT pg_advisory_unlock(hashtext('${name}'))`]
      : [`SELECT GET_LOCK('${name}', 3600)`, `SELECT RELEASE_LOCK('${name}')`];
  const other = kept(await engine.connect(), (connection) => connection.end());
  await other.query(take);
  const asking = ask(take);
  return async (): Promise<void> => {
    await other.query(leave);
    await asking;
  };
}

const cases: Record<string, Case> = {
  "a Pool of pg": {
    engine: postgresEngine,
    isThere: hasPostgres,
    async busy(table, prepare) {
      const { pool, store: over } = await open(() => pgPool({ max: 1 }));
      const store = over({ table });
      await prepare(store);
      const client = await pool.connect();
      return { store, free: async () => client.release() };
    },
  },
  "a Client of pg": {
    engine: postgresEngine,
    isThere: hasPostgres,
    async busy(table, prepare) {
      const { client, store: over } = await open(pgClient);
      const store = over({ table });
      await prepare(store);
      return { store, free: await occupied(postgresEngine, table, (question) => client.query(question)) };
    },
  },
  "a Client of pg that works for the store": {
    engine: postgresEngine,
    isThere: hasPostgres,
    async busy(table, prepare) {
      const { store: over } = await open(pgClient);
      const store = over({ table });
      await prepare(store);
      const other = kept(await postgresEngine.connect(), (connection) => connection.end());
      await other.query("BEGIN");
      await other.query(`SELECT id FROM ${table} FOR UPDATE`);
      const waiting = store.touch(record({ id: "touched" }), stamp(1), now, now + hour, now);
      return {
        store,
        async free() {
          await other.query("ROLLBACK");
          await waiting;
        },
      };
    },
  },
  "postgres.js while it connects": {
    engine: postgresEngine,
    isThere: hasPostgres,
    async busy(table, prepare) {
      let closed = () => {};
      const isClosed = new Promise<void>((resolve) => {
        closed = resolve;
      });
      const proxy = kept(await startProxy(postgresUrl()), (one) => one.close());
      const { store: over } = await open(() =>
        postgresJs({ host: "127.0.0.1", port: proxy.port, max: 1, backoff: () => 1, onclose: () => closed() }),
      );
      const store = over({ table });
      await prepare(store);
      // The next connection is one that nothing comes back from.
      proxy.set({ kind: "drop" });
      proxy.cut();
      await isClosed;
      return {
        store,
        async free() {
          proxy.clear();
          proxy.cut();
          await store.read(record(), now);
        },
      };
    },
  },
  "a pool of mysql2": {
    engine: mysqlEngine,
    isThere: hasMysql,
    async busy(table, prepare) {
      const { pool, store: over } = await open(() => mysqlPool({ connectionLimit: 1 }));
      const store = over({ table });
      await prepare(store);
      const connection = await pool.getConnection();
      return { store, free: async () => connection.release() };
    },
  },
  "a connection of mysql2 with promises": {
    engine: mysqlEngine,
    isThere: hasMysql,
    async busy(table, prepare) {
      const { pool, store: over } = await open(mysqlConnection);
      const store = over({ table });
      await prepare(store);
      return { store, free: await occupied(mysqlEngine, table, (question) => pool.query(question)) };
    },
  },
  "a connection of mysql2 with callbacks": {
    engine: mysqlEngine,
    isThere: hasMysql,
    async busy(table, prepare) {
      const { pool, store: over } = await open(mysqlCallbackConnection);
      const store = over({ table });
      await prepare(store);
      return { store, free: await occupied(mysqlEngine, table, (question) => pool.query(question)) };
    },
  },
};

describe("B40 B43: what is given up while it waits for a connection is never done", () => {
  for (const [name, { engine, isThere, busy }] of Object.entries(cases)) {
    test.skipIf(!isThere)(name, async () => {
      const table = newTable(engine);
      const { store, free } = await busy(table, async (fresh) => {
        for (const id of ["replaced", "touched", "deleted"]) await fresh.create(record({ id }), now);
        await fresh.create(record({ id: "pruned", expiresAt: now }), now);
      });
      const content = () => engine.query(`SELECT * FROM ${table} ORDER BY id`);
      const before = await content();
      const controller = new AbortController();
      const call = { signal: controller.signal };
      const given = [
        store.create(record({ id: "new" }), now, call),
        store.replace(next(record({ id: "replaced" })), stamp(1), now, call),
        store.touch(record({ id: "touched" }), stamp(1), now + 5, now + 5, now, call),
        store.delete(record({ id: "deleted" }), call),
        store.prune?.(now, 9, call),
        store.clear?.("session", call),
        store.read(record({ id: "replaced" }), now, call),
      ].map(problem);
      await sleep(20);
      const reason = new Error("nobody waits");
      controller.abort(reason);
      for (const error of await Promise.all(given)) expect(error).toBe(reason);
      await free();
      // Behind all of them.
      expect(await store.read(record({ id: "replaced" }), now)).toEqual(record({ id: "replaced" }));
      expect(await content()).toEqual(before);
    });
  }

  test.skipIf(!hasPostgres)("B40 B43: a call given up before it began is never done", async () => {
    const signal = AbortSignal.abort(new Error("never mind"));
    const table = newTable(postgresEngine);
    const { store: over } = await open(pgPool);
    const store = over({ table });
    await store.setup?.();
    expect(await problem(store.create(record(), now, { signal }))).toBe(signal.reason);
    expect(await postgresEngine.query(`SELECT * FROM ${table}`)).toEqual([]);
  });
});

describe("B43: a pool that gives no connection in time", () => {
  test.skipIf(!hasPostgres)(
    "B43: a pool without a free connection of pg: nothing was written, and the store goes on",
    async () => {
      const { pool, store: over } = await open(() => pgPool({ max: 1 }));
      const store = over({ table: newTable(postgresEngine) });
      await store.setup?.();
      const client = await pool.connect();
      // Now, because connecting may take longer.
      pool.options.connectionTimeoutMillis = 100;
      const error = await failure(store.create(record(), now));
      expect(error.code).toBe("STORE_UNAVAILABLE");
      expect(error.message).toContain("could get no connection to PostgreSQL, and nothing was written");
      client.release();
      expect(await store.create(record(), now)).toBe(true);
    },
  );

  test.skipIf(!hasMysql)(
    "B43: a pool without a free connection of mysql2: nothing was written, and the store goes on",
    async () => {
      const { pool, store: over } = await open(() => mysqlPool({ connectionLimit: 1, waitForConnections: false }));
      const store = over({ table: newTable(mysqlEngine) });
      await store.setup?.();
      const connection = await pool.getConnection();
      const error = await failure(store.create(record(), now));
      expect(error.code).toBe("STORE_UNAVAILABLE");
      expect(error.message).toContain("could get no connection to MySQL, and nothing was written");
      connection.release();
      expect(await store.create(record(), now)).toBe(true);
    },
  );
});

describe("B40: the only connection of a pool", () => {
  const stores: Record<string, [SqlEngine, boolean, () => string, (url: string, table: string) => SessionStore]> = {
    "a Pool of pg": [
      postgresEngine,
      hasPostgres,
      postgresUrl,
      (url, table) =>
        postgresStore({ client: kept(new pg.Pool({ connectionString: url, max: 1 }), (pool) => pool.end()), table }),
    ],
    "a pool of mysql2": [
      mysqlEngine,
      hasMysql,
      mysqlUrl,
      (url, table) => mysqlStore({ pool: kept(createPool({ uri: url, connectionLimit: 1 }), (p) => p.end()), table }),
    ],
  };

  for (const [name, [engine, isThere, url, make]] of Object.entries(stores)) {
    const stage = async () => {
      const proxy = kept(await startProxy(url()), (one) => one.close());
      const store = make(proxy.url, newTable(engine));
      await store.create(record(), now);
      return { proxy, store };
    };

    test.skipIf(!isThere)(
      `B40: the only connection of a pool of ${name} is replaced when nothing is answered on it`,
      async () => {
        const { proxy, store } = await stage();
        const dropped = proxy.once({ kind: "drop" });
        const caller = new AbortController();
        const replacing = problem(store.replace(next(record()), stamp(1), now, caller));
        await dropped;
        caller.abort(new Error("nobody waits"));
        expect(await replacing).toBe(caller.signal.reason);
        expect(await store.read(record(), now)).toEqual(record());
        expect(await store.replace(next(record()), stamp(1), now)).toBe(true);
      },
    );

    test.skipIf(!isThere)(
      `B40: the only connection of a pool of ${name} is replaced when it is reset in the middle of a statement, whose outcome is open`,
      async () => {
        const { proxy, store } = await stage();
        for (const kind of ["before", "after"] as const) {
          // The statement itself, and not its preparation.
          const struck = proxy.once({ kind }, { match: record().id });
          const error = await problem(store.replace(next(record()), stamp(1), now));
          await struck;
          expect(error).toBeInstanceOf(Error);
          expect(error).not.toBeInstanceOf(SessionError);
          expect(await store.read(record(), now)).toEqual(kind === "before" ? record() : next(record()));
        }
      },
    );
  }
});
