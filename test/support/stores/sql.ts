import { randomBytes } from "node:crypto";
import {
  createConnection as createCallbackConnection,
  createPool as createCallbackPool,
  type PoolOptions,
} from "mysql2";
import { type Connection, createConnection, createPool, type Pool } from "mysql2/promise";
import pg from "pg";
import postgres from "postgres";
import { afterAll, expect } from "vitest";
import { mysqlStore } from "../../../src/stores/mysql/index.ts";
import { postgresStore } from "../../../src/stores/postgres/index.ts";
import type { SqlDatabase } from "../../../src/stores/schema/index.ts";
import type { SessionStore } from "../../../src/types/store.ts";
import { service } from "../service.ts";

export { failure, hour, next, now, problem, record } from "./records.ts";

const [mysqlServer, postgresServer] = await Promise.all([service("mysql"), service("postgres")]);

/** A client of the application's. */
export interface OpenClient {
  store(options: { readonly table: string; readonly schema?: string; readonly createTable?: boolean }): SessionStore;
  close(): Promise<unknown>;
}

export type OpenClients = Readonly<Record<string, () => Promise<OpenClient>>>;

/** A server that all tests share; each test has tables of its own there. */
export interface SqlEngine {
  readonly name: string;
  readonly database: SqlDatabase;
  /** Somebody else who uses the database. */
  connect(): Promise<SqlConnection>;
  query: SqlConnection["query"];
}

export interface SqlConnection {
  /** Rows as arrays. */
  query(sql: string): Promise<unknown[][]>;
  end(): Promise<unknown>;
}

const cleanUps: (() => unknown)[] = [];
afterAll(async () => {
  for (const cleanUp of cleanUps.toReversed()) await cleanUp();
});

/** Something that lives until the end of the tests of the file. */
export function kept<T>(thing: T, end: (thing: T) => unknown): T {
  cleanUps.push(() => end(thing));
  return thing;
}

/** A new name; a table of that name is deleted after the tests of the file. */
export function newTable(engine: SqlEngine): string {
  const table = `test_${randomBytes(8).toString("hex")}`;
  cleanUps.push(() => engine.query(`DROP TABLE IF EXISTS ${table}`));
  return table;
}

/** Opens a client that is closed after the tests of the file. */
export async function open<T extends OpenClient>(make: () => Promise<T>): Promise<T> {
  return kept(await make(), (client) => client.close());
}

async function connectPostgres(): Promise<SqlConnection> {
  const client = new pg.Client({ connectionString: postgresUrl() });
  await client.connect();
  return {
    query: async (text) => (await client.query({ text, rowMode: "array" })).rows,
    end: () => client.end(),
  };
}

async function connectMysql(): Promise<SqlConnection> {
  const client = await createConnection(mysqlUrl());
  return {
    query: async (sql) => (await client.query({ sql, rowsAsArray: true }))[0] as unknown[][],
    end: () => client.end(),
  };
}

/** With one connection for all questions, which is closed after everything else. */
function engine(name: string, database: SqlDatabase, connect: () => Promise<SqlConnection>): SqlEngine {
  let admin: Promise<SqlConnection> | undefined;
  cleanUps.push(async () => (await admin)?.end());
  return {
    name,
    database,
    connect,
    query: async (sql) => {
      admin ??= connect();
      return (await admin).query(sql);
    },
  };
}

export const postgresEngine: SqlEngine = engine("PostgreSQL", "postgres", connectPostgres);
export const mysqlEngine: SqlEngine = engine("MySQL", "mysql", connectMysql);

export const hasPostgres: boolean = (await service("postgres")) !== undefined;
export const hasMysql: boolean = (await service("mysql")) !== undefined;

export function postgresUrl(): string {
  return postgresServer ?? expect.fail("set POSTGRES_URL");
}

export function mysqlUrl(): string {
  return mysqlServer ?? expect.fail("set MYSQL_URL");
}

export type PgPool = OpenClient & { readonly pool: pg.Pool };
export type PgClient = OpenClient & { readonly client: pg.Client };
export type PostgresJs = OpenClient & { readonly sql: postgres.Sql };
export type MysqlPool = OpenClient & { readonly pool: Pool };
export type MysqlConnection = OpenClient & { readonly pool: Connection };

export async function pgPool(options: pg.PoolConfig = {}): Promise<PgPool> {
  const pool = new pg.Pool({ connectionString: postgresUrl(), ...options });
  pool.on("error", () => {});
  return { pool, store: (place) => postgresStore({ client: pool, ...place }), close: () => pool.end() };
}

export async function pgClient(): Promise<PgClient> {
  const client = new pg.Client({ connectionString: postgresUrl() });
  await client.connect();
  return { client, store: (place) => postgresStore({ client, ...place }), close: () => client.end() };
}

// biome-ignore lint/complexity/noBannedTypes: the package's own default
export async function postgresJs(options: postgres.Options<{}> = {}): Promise<PostgresJs> {
  const sql = postgres(postgresUrl(), options);
  return { sql, store: (place) => postgresStore({ client: sql, ...place }), close: () => sql.end() };
}

/** @param settings a statement that each new connection begins with */
export async function mysqlPool(options: PoolOptions = {}, settings = "DO 0"): Promise<MysqlPool> {
  const pool = createPool({ uri: mysqlUrl(), ...options });
  pool.pool.on("connection", (connection) => connection.query(settings));
  return { pool, store: (place) => mysqlStore({ pool, ...place }), close: () => pool.end() };
}

export async function mysqlCallbackPool(options: PoolOptions = {}): Promise<OpenClient> {
  const pool = createCallbackPool({ uri: mysqlUrl(), ...options });
  return { store: (place) => mysqlStore({ pool, ...place }), close: () => pool.promise().end() };
}

export async function mysqlConnection(): Promise<MysqlConnection> {
  const pool = await createConnection(mysqlUrl());
  return { pool, store: (place) => mysqlStore({ pool, ...place }), close: () => pool.end() };
}

export async function mysqlCallbackConnection(): Promise<MysqlConnection> {
  const connection = createCallbackConnection(mysqlUrl());
  const pool = connection.promise();
  return { pool, store: (place) => mysqlStore({ pool: connection, ...place }), close: () => pool.end() };
}
