import { createRequire } from "node:module";
import type { SessionStore } from "coatcheck";
import { type ExpressSessionStore, expressSessionStore } from "coatcheck/bridges/express-session";
import { createPool, type Pool as MysqlPool } from "mysql2";
import { Pool } from "pg";
import { createClient } from "redis";
import { service } from "../service.ts";
import { type Backing, newFolder, newPrefix } from "./backings.ts";

// Required without their types, which would give every Express request of this program another session.
const require = createRequire(import.meta.url);
const session = require("express-session") as Module;

interface Module {
  MemoryStore: new () => Store;
}

/** What these stores have in common beyond what the bridge uses. */
export type Store = ExpressSessionStore & {
  emit(event: "connect" | "disconnect"): void;
};
type StoreClass<Options> = new (options: Options) => Store;
const storeFrom = <Options>(name: string): StoreClass<Options> =>
  (require(name) as (session: Module) => StoreClass<Options>)(session);

export const ExpressMemoryStore: Module["MemoryStore"] = session.MemoryStore;
export const LruMemoryStore: StoreClass<object> = storeFrom("memorystore");
const FileStore = storeFrom<object>("session-file-store");
export const PgStore: StoreClass<{ pool: Pool; tableName: string; pruneSessionInterval: false }> =
  storeFrom("connect-pg-simple");
const MysqlStore: new (options: object, pool: MysqlPool) => Store & { onReady(): Promise<void> } =
  require("express-mysql-session")(session);
type Redis = Store & { clear(): Promise<void> };
export const RedisStore: new (options: { client: unknown; prefix: string }) => Redis =
  require("connect-redis").RedisStore;

const redis = await service("redis");
const postgres = await service("postgres");
const mysql = await service("mysql");

/** Connections that all stores of one test file share. */
const clients: { redis?: ReturnType<typeof createClient>; postgres?: Pool; mysql?: MysqlPool } = {};

export async function redisClient(): Promise<ReturnType<typeof createClient>> {
  clients.redis ??= (await createClient({ url: redis ?? "" }).connect()) as ReturnType<typeof createClient>;
  return clients.redis;
}

export function postgresPool(): Pool {
  clients.postgres ??= new Pool({ connectionString: postgres, max: 4 });
  return clients.postgres;
}

function mysqlPool(): MysqlPool {
  clients.mysql ??= createPool(mysql ?? "");
  return clients.mysql;
}

/** For `afterAll`. */
export async function closeClients(): Promise<void> {
  await clients.redis?.close();
  await clients.postgres?.end();
  await clients.mysql?.promise().end();
}

interface Empty {
  readonly store: Store;
  readonly close?: () => Promise<void> | void;
}

function backing(without: Backing["without"], open: () => Empty | Promise<Empty>, isMissing = false): Backing {
  return {
    without: ["prune", ...without],
    isMissing,
    async open() {
      const { store, close } = await open();
      const bridge = (): SessionStore => expressSessionStore({ store });
      return close ? { bridge, close } : { bridge };
    },
  };
}

/** As connect-pg-simple's own table.sql has it, less the names that only one table of a schema can have. */
export async function newPostgresTable(): Promise<string> {
  const table = newPrefix().replaceAll("-", "_");
  const columns =
    'sid varchar NOT NULL COLLATE "default" PRIMARY KEY, sess json NOT NULL, expire timestamp(6) NOT NULL';
  await postgresPool().query(`CREATE TABLE "${table}" (${columns})`);
  return table;
}

export const fileStoreIn = (path: string): Store =>
  new FileStore({ path, retries: 0, reapInterval: -1, logFn: () => undefined });

export const expressBackings: Readonly<Record<string, Backing>> = {
  "express-session's MemoryStore": backing([], () => ({ store: new ExpressMemoryStore() })),
  memorystore: backing([], () => ({ store: new LruMemoryStore({}) })),
  "session-file-store": backing(["list", "clear", "count"], () => {
    const { folder, remove } = newFolder();
    return { store: fileStoreIn(folder), close: remove };
  }),
  "connect-redis": backing(
    [],
    async () => {
      const store = new RedisStore({ client: await redisClient(), prefix: `${newPrefix()}:` });
      return { store, close: () => store.clear() };
    },
    redis === undefined,
  ),
  "connect-pg-simple": backing(
    ["list", "clear", "count"],
    async () => {
      const tableName = await newPostgresTable();
      const store = new PgStore({ pool: postgresPool(), tableName, pruneSessionInterval: false });
      const close = async () => void (await postgresPool().query(`DROP TABLE "${tableName}"`));
      return { store, close };
    },
    postgres === undefined,
  ),
  "express-mysql-session": backing(
    [],
    async () => {
      const tableName = newPrefix().replaceAll("-", "_");
      const store = new MysqlStore({ clearExpired: false, schema: { tableName } }, mysqlPool());
      await store.onReady();
      const close = async () => void (await mysqlPool().promise().query(`DROP TABLE ${tableName}`));
      return { store, close };
    },
    mysql === undefined,
  ),
};
