import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { MongoClient } from "mongodb";
import type { Connection } from "mysql2/promise";
import type { Client } from "pg";
import type { RedisClientType } from "redis";

/** A database as its own client sees it. A place is a table, a key prefix or a collection. */
interface Engine {
  /** Everything that is kept in a place, as text. */
  content(server: string, place: string): Promise<string>;
  /** Leaves something of somebody else's among what is ours; how often the text is there then. */
  plant?(server: string, place: string, text: string): Promise<number>;
  /** Puts copies under other ids, for other users, beside each row of a table; makes it so many times as long. */
  multiply?(server: string, place: string, times: number): Promise<void>;
  /** Deletes places; one that was never used is not there. */
  drop(server: string, places: readonly string[]): Promise<void>;
}

const copies = (table: string, times: number, numbered: (text: string) => string): string => `
INSERT INTO ${table} (namespace, id, version, commit_id, body, user_id, created_at, last_seen_at, expires_at, prune_at)
WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${times - 1})
SELECT namespace, ${numbered("id")}, version, commit_id, body, ${numbered("user_id")}, created_at, last_seen_at, expires_at, prune_at
FROM ${table} CROSS JOIN numbers`;

const postgres: Engine = {
  content: (server, place) =>
    withPostgres(server, async (client) => JSON.stringify((await client.query(`SELECT * FROM "${place}"`)).rows)),
  multiply: (server, place, times) =>
    withPostgres(server, async (client) => {
      await client.query(copies(`"${place}"`, times, (text) => `${text} || '-' || n`));
    }),
  drop: (server, places) =>
    withPostgres(server, async (client) => {
      await client.query(`DROP TABLE IF EXISTS ${places.map((place) => `"${place}"`)}`);
    }),
};

const mysql: Engine = {
  content: (server, place) =>
    withMysql(server, async (client) => {
      const [rows] = await client.query({
        sql: `SELECT * FROM \`${place}\``,
        typeCast: (field) => field.string("latin1"),
      });
      return JSON.stringify(rows);
    }),
  multiply: (server, place, times) =>
    withMysql(server, async (client) => {
      await client.query(copies(`\`${place}\``, times, (text) => `CONCAT(${text}, '-', n)`));
    }),
  drop: (server, places) =>
    withMysql(server, async (client) => {
      await client.query(`DROP TABLE IF EXISTS ${places.map((place) => `\`${place}\``)}`);
    }),
};

const redis: Engine = {
  async content(server, place) {
    const entries: [key: string, value: unknown][] = [];
    await onEachRedis(server, async (client) => {
      for await (const keys of client.scanIterator({ MATCH: `${place}*`, COUNT: 10_000 }))
        for (const key of keys) entries.push([key, await redisValue(client, key)]);
    });
    return JSON.stringify(entries);
  },
  async plant(server, place, text) {
    await onEachRedis(server, async (client) => {
      for (const key of [`${place}foreign`, `${place}:foreign:key`])
        await client.set(key, text).catch((error) => {
          // In a cluster each node has its own slots.
          if (!String(error).includes("MOVED")) throw error;
        });
    });
    return 2;
  },
  drop: (server, places) =>
    onEachRedis(server, async (client) => {
      for await (const keys of client.scanIterator({ COUNT: 10_000 })) {
        const ours = keys.filter((key) => places.some((place) => key.startsWith(place)));
        // One at a time: in a cluster they lie in different slots.
        await Promise.all(ours.map((key) => client.unlink(key)));
      }
    }),
};

const mongodb: Engine = {
  content: (server, place) =>
    withMongo(server, async (client) => JSON.stringify(await client.db().collection(place).find().toArray())),
  plant: (server, place, text) =>
    withMongo(server, async (client) => {
      const collection = client.db().collection<{ _id: unknown; text: string }>(place);
      await collection.insertMany([
        { _id: "session", text },
        { _id: { n: "session" }, text },
      ]);
      return 2;
    }),
  drop: (server, places) =>
    withMongo(server, async (client) => {
      for (const place of places) await client.db().collection(place).drop();
    }),
};

const engines = { postgres, mysql, redis, "redis+cluster": redis, mongodb };

/** The raw content of the place that the URL of a store names: all columns, keys and values, or all bytes on the disk. */
export async function contentOf(url: string): Promise<string> {
  const found = onServer(url);
  if (found) return found.engine.content(found.server, found.place);
  return url === "memory:" ? "" : contentOnDisk(url.slice(url.indexOf(":") + 1));
}

/**
 * Leaves something of somebody else's among the records of a store; how often the text is there then. A table is the
 * store's alone, and so is memory.
 */
export async function plant(url: string, text: string): Promise<number> {
  const found = onServer(url);
  if (found) return (await found.engine.plant?.(found.server, found.place, text)) ?? 0;
  if (!url.startsWith("file:")) return 0;
  const folder = url.slice("file:".length);
  mkdirSync(join(folder, "foreign"));
  for (const file of ["notes.txt", "foreign/notes.txt"]) writeFileSync(join(folder, file), text);
  return 2;
}

/** Only in SQL databases. */
export async function multiplyRows(url: string, times: number): Promise<void> {
  const found = onServer(url);
  await found?.engine.multiply?.(found.server, found.place, times);
}

/** Deletes what the URLs of stores name on servers. */
export async function dropPlaces(urls: readonly string[]): Promise<void> {
  const found = urls.flatMap((url) => onServer(url) ?? []);
  for (const server of new Set(found.map(({ server }) => server))) {
    const there = found.filter((one) => one.server === server);
    await there[0]?.engine.drop(
      server,
      there.map(({ place }) => place),
    );
  }
}

function onServer(url: string): { engine: Engine; server: string; place: string } | undefined {
  const [, server = "", scheme = "", place = ""] = /^((.+?):.*)[?&](?:table|prefix|collection)=(\w+)/.exec(url) ?? [];
  return scheme in engines ? { engine: engines[scheme as keyof typeof engines], server, place } : undefined;
}

/** A file and those beside it whose names begin with its name, or a folder. */
function contentOnDisk(path: string): string {
  const isFolder = statSync(path).isDirectory();
  const folder = isFolder ? path : dirname(path);
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => (isFolder || file.startsWith(path)) && statSync(file).isFile())
    .map((file) => `${file}\n${readFileSync(file, "latin1")}`)
    .join("\n");
}

async function withPostgres<T>(server: string, work: (client: Client) => Promise<T>): Promise<T> {
  const { default: pg } = await import("pg");
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function withMysql<T>(server: string, work: (client: Connection) => Promise<T>): Promise<T> {
  const { createConnection } = await import("mysql2/promise");
  const client = await createConnection(server);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Each node of a cluster, as each has keys of its own. */
async function onEachRedis(server: string, work: (client: RedisClientType) => Promise<void>): Promise<void> {
  const { createClient } = await import("redis");
  const nodes = server.slice(server.indexOf("//") + 2).split(",");
  for (const node of nodes) {
    // Ten thousand commands at once wait for each other longer than the five seconds that are usual.
    const commandOptions = { timeout: 300_000 };
    const client: RedisClientType = createClient({ url: `redis://${node}`, commandOptions });
    await client.connect();
    try {
      await work(client);
    } finally {
      client.destroy();
    }
  }
}

async function redisValue(client: RedisClientType, key: string): Promise<unknown> {
  switch (await client.type(key)) {
    case "hash":
      return client.hGetAll(key);
    case "set":
      return client.sMembers(key);
    case "zset":
      return client.zRangeWithScores(key, 0, -1);
    default:
      return client.get(key);
  }
}

async function withMongo<T>(server: string, work: (client: MongoClient) => Promise<T>): Promise<T> {
  const { MongoClient } = await import("mongodb");
  const client = await MongoClient.connect(server);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
