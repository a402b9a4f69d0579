import { createPool } from "mysql2";
import postgres from "postgres";
import { afterEach, expect, test, vi } from "vitest";
import { poolSender } from "../../../src/stores/mysql/driver.ts";
import { pgPoolDriver } from "../../../src/stores/postgres/pg.ts";
import { taggedDriver } from "../../../src/stores/postgres/tagged.ts";
import type { PendingQuery } from "../../../src/stores/sql/server-client.ts";
import { hasMysql, hasPostgres, kept, mysqlUrl, pgPool, postgresUrl } from "../../support/stores/sql.ts";

const longer = 60_000;
type Send = (text: string) => PendingQuery;

/** Gives up a slow query, and is busy for longer than its answer is waited for. Timers that are due run first then. */
async function slowAnswer(send: Send, query: string): Promise<unknown> {
  await send("SELECT 1").answer;
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const { answer, abandon } = send(query);
  // The pool hands out its connection.
  await new Promise((resolve) => setImmediate(resolve));
  abandon();
  vi.runOnlyPendingTimers();
  return answer;
}

afterEach(() => {
  vi.useRealTimers();
});

test.skipIf(!hasPostgres)(
  "B114: a process that was busy does not close a connection of pg whose answer has arrived",
  async () => {
    const { pool } = kept(await pgPool({ max: 1, idleTimeoutMillis: longer }), ({ close }) => close());
    const { send } = pgPoolDriver(pool);
    const removed = vi.fn();
    pool.on("remove", removed);
    expect(await slowAnswer((text) => send(text, []), "SELECT 5 FROM pg_sleep(0.2)")).toMatchObject({ rows: [[5]] });
    expect(removed).not.toHaveBeenCalled();
  },
);

test.skipIf(!hasMysql)(
  "B114: a process that was busy does not close a connection of mysql2 whose answer has arrived",
  async () => {
    const pool = kept(createPool({ uri: mysqlUrl(), connectionLimit: 1 }), (pool) => pool.promise().end());
    const { send } = poolSender(pool as never);
    expect(await slowAnswer((text) => send(text, []), "SELECT 5 + SLEEP(0.2)")).toMatchObject({ rows: [[5]] });
  },
);

test.skipIf(!hasPostgres)(
  "B114: a process that was busy does not replace a client of postgres.js whose answer has arrived",
  async () => {
    const sql = kept(postgres(postgresUrl(), { max: 1, fetch_types: false }), (sql) => sql.end());
    const onStalled = vi.fn();
    const { send } = taggedDriver(sql as never, onStalled);
    expect(await slowAnswer((text) => send(text, []), "SELECT 5 FROM pg_sleep(0.2)")).toMatchObject({ rows: [[5]] });
    expect(onStalled).not.toHaveBeenCalled();
  },
);
