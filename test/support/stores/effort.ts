import type { SessionStore } from "coatcheck";
import { mysqlStore } from "coatcheck/stores/mysql";
import { postgresStore } from "coatcheck/stores/postgres";
import { createPool } from "mysql2/promise";
import pg from "pg";
import { createClient } from "redis";
import { onTestFinished } from "vitest";
import { openAgain, type StoreName } from "./stores.ts";

/** A store that can say how much its database has looked at: rows, or commands of a script and a client. */
export interface Metered {
  readonly store: SessionStore;
  /** Since it was opened; ends the store. */
  effort(): Promise<number>;
}

/** Opens a place once more. Absent where a database keeps no such books. */
export async function metered(name: StoreName, url: string): Promise<Metered | undefined> {
  const [, server = "", place = ""] = /^(.*)[?&]\w+=(\w+)$/.exec(url) ?? [];
  return meters[name]?.(server, place, url);
}

type Meter = (server: string, place: string, url: string) => Promise<Metered>;

/** The server counts the rows for each table; a connection tells what it has counted when it ends. */
const postgres: Meter = async (server, table) => {
  const pool = new pg.Pool({ connectionString: server, max: 1 });
  const counted = async (): Promise<number> => {
    const client = new pg.Client({ connectionString: server });
    await client.connect();
    const sql = "SELECT seq_tup_read + idx_tup_fetch AS rows FROM pg_stat_user_tables WHERE relname = $1";
    const { rows } = await client.query(sql, [table]);
    await client.end();
    return Number(rows[0].rows);
  };
  const before = await counted();
  return {
    store: postgresStore({ client: pool, table }),
    async effort() {
      await pool.end();
      for (;;) {
        const rows = (await counted()) - before;
        if (rows > 0) return rows;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
};

/** A connection counts the rows that it read for its statements. */
const mysql: Meter = async (server, table) => {
  const pool = createPool({ uri: server, connectionLimit: 1 });
  return {
    store: mysqlStore({ pool, table }),
    async effort() {
      const [rows] = await pool.query("SHOW SESSION STATUS LIKE 'Handler_read%'");
      await pool.end();
      return (rows as { Value: string }[]).reduce((sum, { Value }) => sum + Number(Value), 0);
    },
  };
};

/** A server tells everybody who asks which commands it does, those of scripts too. */
const redis: Meter = async (server, prefix, url) => {
  let commands = 0;
  const nodes = server.slice(server.indexOf("//") + 2).split(",");
  const watchers = await Promise.all(
    nodes.map(async (node) => {
      const client = await createClient({ url: `redis://${node}` }).connect();
      onTestFinished(() => client.destroy());
      await client.monitor((line) => {
        if (String(line).includes(prefix)) commands++;
      });
      return node;
    }),
  );
  const store = await openAgain(url);
  return {
    store,
    async effort() {
      // What the servers have said of this has arrived when they have said something later.
      const seen = commands;
      await Promise.all(
        watchers.map(async (node) => {
          const client = await createClient({ url: `redis://${node}` }).connect();
          await client.echo(prefix);
          client.destroy();
        }),
      );
      while (commands < seen + watchers.length) await new Promise((resolve) => setTimeout(resolve, 5));
      return commands - watchers.length;
    },
  };
};

const meters: Partial<Record<StoreName, Meter>> = {
  PostgreSQL: postgres,
  MariaDB: mysql,
  Redis: redis,
  "Redis Cluster": redis,
};
