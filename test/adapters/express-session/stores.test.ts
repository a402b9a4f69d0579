import { createRequire } from "node:module";
import session, { type SessionStore } from "coatcheck/express-session";
import { createPool } from "mysql2";
import { afterAll, describe, expect, test } from "vitest";
import { newPrefix } from "../../support/bridges/backings.ts";
import {
  closeClients,
  newPostgresTable,
  postgresPool,
  RedisStore,
  redisClient,
} from "../../support/bridges/express-stores.ts";
import { Client, type Handler, makers, start } from "../../support/express-session/apps.ts";
import { service } from "../../support/service.ts";

// By require, as the applications do that use them.
const require = createRequire(import.meta.url);
const [redis, postgres, mysql] = [await service("redis"), await service("postgres"), await service("mysql")];

type Close = () => unknown;
const open: Close[] = [];
afterAll(async () => {
  for (const close of open.reverse()) await close();
  await closeClients();
});

/** Stores on their own servers, built on the `Store` of this package where they take one. */
const stores: readonly [name: string, make: () => Promise<SessionStore>, server: string | undefined][] = [
  [
    "connect-redis",
    async () => new RedisStore({ client: await redisClient(), prefix: `${newPrefix()}:` }) as unknown as SessionStore,
    redis,
  ],
  [
    "connect-pg-simple",
    async () => {
      const tableName = await newPostgresTable();
      open.push(() => postgresPool().query(`DROP TABLE "${tableName}"`));
      return new (require("connect-pg-simple")(session))({
        pool: postgresPool(),
        tableName,
        pruneSessionInterval: false,
      });
    },
    postgres,
  ],
  [
    "express-mysql-session",
    async () => {
      const pool = createPool(mysql ?? "");
      const tableName = newPrefix().replaceAll("-", "_");
      open.push(
        () => pool.promise().end(),
        () => pool.promise().query(`DROP TABLE ${tableName}`),
      );
      const store = new (require("express-mysql-session")(session))(
        { clearExpired: false, schema: { tableName } },
        pool,
      );
      await store.onReady();
      return store;
    },
    mysql,
  ],
];

const handler: Handler = (req, res) => {
  if (req.path === "/logout") return req.session.destroy(() => res.end("bye"));
  req.session.views = (req.session.views ?? 0) + 1;
  return res.end(`${req.session.views}`);
};

for (const [name, make, server] of stores) {
  describe.skipIf(server === undefined)(name, () => {
    test("serves the original and this package by turns, with one cookie and one row", async () => {
      const options = { store: await make(), resave: false, saveUninitialized: false, cookie: { maxAge: 3_600_000 } };
      const apps = await Promise.all(
        (Object.keys(makers) as (keyof typeof makers)[]).map((maker) => start(maker, options, handler)),
      );
      open.push(...apps.map((app) => app.close));
      const client = new Client();
      const bodies: string[] = [];
      for (let turn = 0; turn < 6; turn++) bodies.push((await client.get(apps[turn % 2]!)).body);
      for (const app of apps) {
        await client.get(app, "/logout");
        bodies.push((await client.get(app)).body);
      }
      expect(bodies).toEqual(["1", "2", "3", "4", "5", "6", "1", "1"]);
      expect(apps.flatMap(({ errors }) => errors)).toEqual([]);
    });
  });
}
