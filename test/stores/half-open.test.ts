import { setTimeout as sleep } from "node:timers/promises";
import { mysqlStore } from "coatcheck/stores/mysql";
import { type PostgresClient, postgresStore } from "coatcheck/stores/postgres";
import { redisStore } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import { createPool } from "mysql2/promise";
import pg from "pg";
import postgres from "postgres";
import { createClient } from "redis";
import { afterAll, describe, type ExpectStatic, test } from "vitest";
import { openUrl } from "../../src/stores/postgres/open.ts";
import type { SessionStore } from "../../src/types/store.ts";
import { startProxy } from "../support/proxy/proxy.ts";
import { service } from "../support/service.ts";
import { mysqlEngine, newTable, postgresEngine } from "../support/stores/sql.ts";

const [postgresUrl, mysqlUrl, redisUrl] = await Promise.all([service("postgres"), service("mysql"), service("redis")]);

const ends: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ends.toReversed()) await end();
});

/** Asks the server something, until the signal is aborted. */
type Ask = (signal: AbortSignal) => unknown;
type Open = (url: string) => Promise<Ask>;

const key = { namespace: "session", id: "none" };
const asking =
  (store: SessionStore): Ask =>
  (signal) =>
    store.read(key, Date.now(), { signal });

const table = postgresUrl === undefined ? "none" : newTable(postgresEngine);
const mysqlTable = mysqlUrl === undefined ? "none" : newTable(mysqlEngine);

async function ioredis(url: string, options: { socketTimeout?: number } = {}): Promise<Redis> {
  const client = new Redis(url, options);
  client.on("error", () => {});
  ends.push(() => client.disconnect());
  return client;
}

async function nodeRedis(url: string) {
  const client = await createClient({ url })
    .on("error", () => {})
    .connect();
  ends.push(() => client.destroy());
  return client;
}

const recovering: Record<string, readonly [target: string | undefined, Open]> = {
  "a Pool of pg": [
    postgresUrl,
    async (url) => {
      const pool = new pg.Pool({ connectionString: url });
      pool.on("error", () => {});
      ends.push(() => pool.end());
      return asking(postgresStore({ client: pool, table }));
    },
  ],
  "postgres.js by url": [
    postgresUrl,
    async (url) => {
      const driver = await openUrl(url, () => import(`not-installed-${"pg"}`));
      ends.push(() => driver.close());
      return (signal) => {
        const { answer, abandon } = driver.send("SELECT 1", []);
        signal.addEventListener("abort", abandon);
        return answer;
      };
    },
  ],
  "a pool of mysql2": [
    mysqlUrl,
    async (url) => {
      const pool = createPool(url);
      ends.push(() => pool.end());
      return asking(mysqlStore({ pool, table: mysqlTable }));
    },
  ],
  "Redis by url": [redisUrl, async (url) => asking(redisStore({ url }))],
  "ioredis with socketTimeout": [
    redisUrl,
    async (url) => asking(redisStore({ client: await ioredis(url, { socketTimeout: 5_000 }) })),
  ],
  "node-redis with a watchdog": [
    redisUrl,
    async (url) => {
      const client = await nodeRedis(url);
      const timer = setInterval(async () => {
        const ping = client.ping().catch(() => "failed");
        if ((await Promise.race([ping, sleep(4_000, "late")])) !== "late" || !client.isReady) return;
        client.destroy();
        client.connect().catch(() => {});
      }, 5_000);
      ends.push(() => clearInterval(timer));
      return asking(redisStore({ client }));
    },
  ],
};

describe("B95: connections that are dead, and that nobody has closed", () => {
  for (const [name, [target, open]] of Object.entries(recovering)) {
    test.skipIf(target === undefined).concurrent(`B95: ${name} gives up dead connections`, async ({ expect }) => {
      const ask = await deadConnections(expect, target as string, open);
      await expect.poll(() => answered(ask)).toBe(true);
    });
  }

  const clients: Record<string, readonly [target: string | undefined, (url: string) => Promise<SessionStore>]> = {
    "postgres.js": [
      postgresUrl,
      async (url) => {
        const sql = postgres(url, { max: 2, fetch_types: false });
        ends.push(() => sql.end({ timeout: 0 }));
        return postgresStore({ client: sql as unknown as PostgresClient, table });
      },
    ],
    ioredis: [redisUrl, async (url) => redisStore({ client: await ioredis(url) })],
    "node-redis": [redisUrl, async (url) => redisStore({ client: await nodeRedis(url) })],
  };
  for (const [name, [target, open]] of Object.entries(clients)) {
    const title = `B95: the observer is told of the application's ${name}, which keeps dead connections`;
    test.skipIf(target === undefined).concurrent(title, async ({ expect }) => {
      const told: string[] = [];
      const ask = await deadConnections(expect, target as string, async (url) => {
        const store = await open(url);
        store.onWarning?.((code) => told.push(code));
        return asking(store);
      });
      await expect.poll(() => answered(ask).then(() => told)).toEqual(["STALLED_CLIENT"]);
    });
  }
});

const patience = 1_000;

/** Asks through connections that all become black holes then; new ones work. Tests that run at once have an `expect` each. */
async function deadConnections(expect: ExpectStatic, target: string, open: Open): Promise<Ask> {
  const proxy = await startProxy(target);
  ends.push(() => proxy.close());
  const ask = await open(proxy.url);
  const many = () => Promise.all(Array.from({ length: 10 }, () => answered(ask)));
  await expect.poll(() => answered(ask)).toBe(true);
  await many();
  proxy.set({ kind: "drop" });
  expect(await many()).toContain(false);
  proxy.clear();
  return ask;
}

/** Whether there was an answer in time. */
async function answered(ask: Ask): Promise<boolean> {
  const signal = AbortSignal.timeout(patience);
  const answer = Promise.resolve(ask(signal)).then(
    () => true,
    () => false,
  );
  return Promise.race([answer, sleep(patience + 100, false)]);
}
