import { describe, expect, test } from "vitest";
import { stamp } from "../../../src/testing/store/rule.ts";
import { SessionError } from "../../../src/types/errors.ts";
import type { SessionStore } from "../../../src/types/store.ts";
import {
  failure,
  hasMysql,
  hasPostgres,
  hour,
  kept,
  mysqlEngine,
  mysqlPool,
  newTable,
  next,
  now,
  type OpenClient,
  open,
  pgPool,
  postgresEngine,
  postgresJs,
  problem,
  record,
  type SqlConnection,
  type SqlEngine,
} from "../../support/stores/sql.ts";

interface Case {
  readonly client: string;
  readonly engine: SqlEngine;
  readonly isThere: boolean;
  /** A client with one connection. */
  readonly patient: () => Promise<OpenClient>;
  /** The same, and in a deadlock with an important transaction it is the victim. */
  readonly victim: () => Promise<OpenClient>;
  /** The same, and it waits a second at most for a lock. */
  readonly impatient: () => Promise<OpenClient>;
  /** The same, and it is never allowed to write. */
  readonly readOnly: () => Promise<OpenClient>;
  /** Counts statements that wait for a lock, and speak of a table. */
  readonly waiting: (table: string) => string;
  /** Ends the connections whose statements do. */
  readonly kill: (table: string) => Promise<unknown>;
}

const postgresCase = {
  engine: postgresEngine,
  isThere: hasPostgres,
  waiting: (table: string) =>
    `SELECT count(*)::int FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${table}%'`,
  kill: (table: string) =>
    postgresEngine.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${table}%'`,
    ),
};

const cases: readonly Case[] = [
  {
    ...postgresCase,
    client: "pg",
    patient: () => pgPool({ max: 1 }),
    victim: () => pgPool({ max: 1, options: "-c deadlock_timeout=8s" }),
    impatient: () => pgPool({ max: 1, options: "-c lock_timeout=1000" }),
    readOnly: () => pgPool({ max: 1, options: "-c default_transaction_read_only=on" }),
  },
  {
    ...postgresCase,
    client: "postgres.js",
    patient: () => postgresJs({ max: 1 }),
    victim: () => postgresJs({ max: 1, connection: { deadlock_timeout: "8s" } }),
    impatient: () => postgresJs({ max: 1, connection: { lock_timeout: 1_000 } }),
    readOnly: () => postgresJs({ max: 1, connection: { default_transaction_read_only: true } }),
  },
  {
    client: "mysql2",
    engine: mysqlEngine,
    isThere: hasMysql,
    patient: () => mysqlPool({ connectionLimit: 1 }),
    // Who changed less is the victim.
    victim: () => mysqlPool({ connectionLimit: 1 }),
    impatient: () => mysqlPool({ connectionLimit: 1 }, "SET SESSION innodb_lock_wait_timeout = 1"),
    readOnly: () => mysqlPool({ connectionLimit: 1 }, "SET SESSION TRANSACTION READ ONLY"),
    waiting: (table) =>
      `SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' AND trx_query LIKE '%${table}%'`,
    async kill(table) {
      const [[id] = []] = await mysqlEngine.query(
        `SELECT trx_mysql_thread_id FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' AND trx_query LIKE '%${table}%'`,
      );
      await mysqlEngine.query(`KILL ${id}`);
    },
  },
];

for (const { client, engine, isThere, patient, victim, impatient, readOnly, waiting, kill } of cases) {
  describe.skipIf(!isThere)(`B43: ${client}`, () => {
    const stage = async (
      make: () => Promise<OpenClient>,
    ): Promise<{ table: string; store: SessionStore; other: SqlConnection }> => {
      const table = newTable(engine);
      const store = (await open(make)).store({ table });
      return { table, store, other: kept(await engine.connect(), (connection) => connection.end()) };
    };
    // Not more often: InnoDB gives the same answer again to who asks within 100 ms.
    const isWaiting = (table: string) =>
      expect.poll(() => engine.query(waiting(table)), { interval: 250 }).toEqual([[1]]);

    test("a lock that is not free in time: nothing was written, and the store goes on", async () => {
      const { table, store, other } = await stage(impatient);
      await store.create(record(), now);
      await other.query("BEGIN");
      await other.query(`SELECT id FROM ${table} FOR UPDATE`);
      for (const write of [
        () => store.replace(next(record()), stamp(1), now),
        () => store.touch(record(), stamp(1), now, now + 2 * hour, now),
        () => store.delete(record()),
      ]) {
        const error = await failure(write());
        expect(error.code).toBe("STORE_UNAVAILABLE");
        expect(error.message).toContain("nothing was written");
        expect(error.message).toMatch(/lock/i);
        expect(error.cause).toBeInstanceOf(Error);
      }
      expect(await store.read(record(), now)).toEqual(record());
      await other.query("ROLLBACK");
      expect(await store.replace(next(record()), stamp(1), now)).toBe(true);
    });

    test("a statement that a deadlock chose as its victim is sent once more", async () => {
      const { table, store, other } = await stage(victim);
      await store.create(record({ id: "1", namespace: "a" }), now);
      for (const id of ["1", "2", "3"]) await store.create(record({ id, namespace: "b" }), now);
      for (let n = 0; n < 50; n++) await store.create(record({ id: `${n}`, namespace: "heavy" }), now);
      await other.query("BEGIN");
      if (engine.database === "postgres") await other.query("SET LOCAL deadlock_timeout = '1min'");
      await other.query(`UPDATE ${table} SET version = 9 WHERE namespace = 'heavy'`);
      await other.query(`UPDATE ${table} SET version = 9 WHERE namespace = 'b' AND id = '3'`);
      const clearing = store.clear?.("b");
      await isWaiting(table);
      await other.query(`UPDATE ${table} SET version = 9 WHERE namespace = 'b' AND id = '1'`);
      await other.query("COMMIT");
      await clearing;
      expect(await engine.query(`SELECT count(*) FROM ${table} WHERE namespace = 'b'`)).toEqual([
        [expect.toSatisfy((n) => Number(n) === 0)],
      ]);
      expect(await store.count?.("heavy", now)).toBe(50);
    });

    test("a connection that is killed in the middle of a statement: the outcome is open, and the store goes on", async () => {
      const { table, store, other } = await stage(patient);
      await store.create(record(), now);
      await other.query("BEGIN");
      await other.query(`SELECT id FROM ${table} FOR UPDATE`);
      const replacing = problem(store.replace(next(record()), stamp(1), now));
      await isWaiting(table);
      await kill(table);
      const error = await replacing;
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(SessionError);
      await other.query("ROLLBACK");
      expect(await store.read(record(), now)).toEqual(record());
      expect(await store.replace(next(record()), stamp(1), now)).toBe(true);
    });

    test("a server that is read-only: nothing was written, and reading goes on", async () => {
      const { table, store } = await stage(readOnly);
      const writer = (await open(impatient)).store({ table });
      await writer.create(record(), now);
      for (const write of [
        () => store.create(record({ id: "other" }), now),
        () => store.replace(next(record()), stamp(1), now),
        () => store.touch(record(), stamp(1), now, now + 2 * hour, now),
        () => store.delete(record()),
      ]) {
        const error = await failure(write());
        expect(error.code).toBe("STORE_UNAVAILABLE");
        expect(error.message).toMatch(/read[- ]only/i);
      }
      expect(await store.read(record(), now)).toEqual(record());
      expect(await store.count?.("session", now)).toBe(1);
    });
  });
}
