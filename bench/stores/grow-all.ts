import { join } from "node:path";
import type { SessionStore } from "coatcheck";
import { openStore } from "coatcheck/stores/open";
import Database from "libsql";
import pg from "pg";
import { fillByCreate, fillBySql } from "./fill.ts";
import { type Fill, type GrowthRow, measureGrowth } from "./growth.ts";
import { ramDisk, temporaryFolder } from "./lineup.ts";
import type { Servers } from "./servers.ts";
import type { StoreSettings } from "./settings.ts";

const table = "growth";

export async function growAll(
  servers: Servers,
  settings: StoreSettings,
  log: (line: string) => void,
): Promise<GrowthRow[]> {
  const folder = temporaryFolder(ramDisk());
  const file = join(folder.path, "growth.db");
  const grow = async (url: string, fillOf: (store: SessionStore) => Fill, most = Number.POSITIVE_INFINITY) => {
    const store = await openStore(url);
    await store.setup?.();
    const sizes = settings.sizes.filter((size) => size <= most);
    const rows = await measureGrowth(store, fillOf(store), sizes, settings, log);
    await store.close?.();
    return rows;
  };

  const files = join(folder.path, "files");
  const rows = await grow(`file:${files}`, (store) => fillByCreate(store, 32), settings.filesAtMost);

  const database = new Database(file);
  const numbers = (from: number, to: number) =>
    `WITH RECURSIVE numbers (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM numbers WHERE n < ${to - 1}) SELECT n FROM numbers`;
  const bySqlite = fillBySql(table, (sql) => database.exec(sql), numbers, "printf('%016d', n)");
  rows.push(...(await grow(`sqlite:${file}?table=${table}`, () => bySqlite)));
  database.close();
  folder.remove();

  const pool = new pg.Pool({ connectionString: servers.postgres.url });
  const series = (from: number, to: number) => `SELECT n FROM generate_series(${from}, ${to - 1}) AS n`;
  const byPostgres = fillBySql(table, (sql) => pool.query(sql), series, "lpad(n::text, 16, '0')", "prune_at");
  rows.push(...(await grow(`${servers.postgres.url}?table=${table}`, () => byPostgres)));
  await pool.end();

  rows.push(...(await grow(`${servers.redis.url}?prefix=${table}:`, (store) => fillByCreate(store, 500))));
  return rows;
}
