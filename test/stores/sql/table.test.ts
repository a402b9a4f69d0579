import { describe, expect, test } from "vitest";
import { createSessions, type SessionEvent } from "../../../src/index.ts";
import { type SqlDatabase, storeSchema } from "../../../src/stores/schema/index.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import type { SessionStore } from "../../../src/types/store.ts";
import {
  failure,
  hasMysql,
  hasPostgres,
  hour,
  mysqlEngine,
  mysqlPool,
  newTable,
  next,
  now,
  type OpenClient,
  open,
  pgPool,
  postgresEngine,
  record,
  type SqlEngine,
} from "../../support/stores/sql.ts";

/** Tables that are not ours: what to replace in ours by what, or a statement of their own. */
type Foreign = Readonly<Record<string, readonly [part: RegExp, instead: string] | string>>;

const anywhere: Foreign = {
  "of other columns": "CREATE TABLE t (sid VARCHAR(99) PRIMARY KEY, sess VARCHAR(99), expire BIGINT)",
  "without a primary key": [/,\s+PRIMARY KEY \(namespace, id\)/, ""],
  "with a primary key of the id only": [/PRIMARY KEY \(namespace, id\)/, "PRIMARY KEY (id)"],
  "with another order in the primary key": [/PRIMARY KEY \(namespace, id\)/, "PRIMARY KEY (id, namespace)"],
  "whose times have 32 bits": [/_at BIGINT/g, "_at INTEGER"],
  "whose versions may be missing": [/version BIGINT NOT NULL/, "version BIGINT"],
  "without the column that pruning goes by": [/prune_at/g, "due_at"],
  "without commit ids": [/ {2}commit_id .*?,\n/, ""],
  "whose commit ids may be missing": [/(commit_id .*?) NOT NULL/, "$1"],
  "where everybody is signed in": [/(user_id .*?),\n/, "$1 NOT NULL,\n"],
  "that is a view": "CREATE VIEW t AS SELECT 1 AS id",
};

interface Case {
  readonly engine: SqlEngine;
  readonly isThere: boolean;
  readonly client: () => Promise<OpenClient>;
  /** On every connection: nothing can be written, and no table made. */
  readonly readOnly: () => Promise<OpenClient>;
  readonly foreign: Foreign;
  /** Tables with fewer or other indexes. */
  readonly slow: Foreign;
  /** A table with an index of more columns. */
  readonly widened: Foreign[string];
  /** Everything about a table that the database can tell. */
  picture(table: string): Promise<unknown>;
}

const cases: readonly Case[] = [
  {
    engine: postgresEngine,
    isThere: hasPostgres,
    client: pgPool,
    readOnly: () => pgPool({ options: "-c default_transaction_read_only=on" }),
    foreign: {
      ...anywhere,
      "whose ids are in the order of the database": [
        /id TEXT COLLATE "C" NOT NULL,\n {2}version/,
        "id TEXT NOT NULL,\n  version",
      ],
      "whose commit ids are in another order": [/commit_id TEXT COLLATE "C"/, 'commit_id TEXT COLLATE "ucs_basic"'],
      "whose user ids are in another order": [/user_id TEXT COLLATE "C"/, 'user_id TEXT COLLATE "ucs_basic"'],
      "whose ids have 40 characters": [/id TEXT COLLATE "C" NOT NULL/g, 'id VARCHAR(40) COLLATE "C" NOT NULL'],
      "whose primary key may be checked later": [/PRIMARY KEY \(namespace, id\)/, "$& DEFERRABLE"],
      "that is a partitioned one": [/WITH \(fillfactor = 70\)/, "PARTITION BY LIST (namespace)"],
    },
    slow: {
      "without the index by expiry": [/CREATE INDEX \w+_expiry .*?;/, ""],
      "with an index by user that runs backwards": [/user_id, created_at, id/, "user_id, created_at DESC, id"],
      "with an index by user for patterns": [/user_id, created_at/, "user_id text_pattern_ops, created_at"],
      "with an index of a part": [/\(prune_at\);/, "(prune_at) WHERE prune_at > 0;"],
      "with an index of another kind": [/\(prune_at\);/, "USING brin (prune_at);"],
    },
    widened: [/\(prune_at\);/, "(prune_at, user_id);"],
    picture: (table) =>
      postgresEngine.query(
        `SELECT relkind, relpersistence, xmin::text, (SELECT array_agg(pg_get_indexdef(indexrelid) ORDER BY indexrelid) FROM pg_index
         WHERE indrelid = c.oid)::text, (SELECT array_agg(a.*::text ORDER BY attnum) FROM pg_attribute AS a WHERE attrelid = c.oid)::text
         FROM pg_class AS c WHERE oid = '${table}'::regclass`,
      ),
  },
  {
    engine: mysqlEngine,
    isThere: hasMysql,
    client: mysqlPool,
    readOnly: () => mysqlPool({}, "SET SESSION TRANSACTION READ ONLY"),
    foreign: {
      ...anywhere,
      "whose ids are text": [/\bid VARBINARY\(768\)/, "id VARCHAR(99) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"],
      "whose commit ids fold case": [/commit_id VARBINARY\(64\)/, "commit_id VARCHAR(64) CHARACTER SET utf8mb4"],
      "whose user ids fold case": [/user_id VARBINARY\(1275\)/, "user_id VARCHAR(99) CHARACTER SET utf8mb4"],
      "whose bodies have 64 kB": [/LONGBLOB/, "BLOB"],
      "whose bodies are text": [/LONGBLOB/, "LONGTEXT"],
      "whose times are never negative": [/expires_at BIGINT/, "expires_at BIGINT UNSIGNED"],
    },
    slow: {
      "without the index by age": [/,\s+INDEX \w+_age \(.*?\)/, ""],
      "with an index of a part of each id": [/created_at, id\)/g, "created_at, id(4))"],
    },
    widened: [/\(prune_at\)/, "(prune_at, version)"],
    picture: (table) => mysqlEngine.query(`SHOW CREATE TABLE ${table}`),
  },
];

function make(database: SqlDatabase, table: string, source: Foreign[string]): string {
  if (typeof source === "string") return source.replace(" t ", ` ${table} `);
  const [part, instead] = source;
  const ours = storeSchema(database, { table }).replaceAll(new RegExp(`["\`](${table}\\w*)["\`]`, "g"), "$1");
  const changed = ours.replace(part, instead);
  expect(changed).not.toBe(ours);
  return changed;
}

for (const { engine, isThere, client, readOnly, foreign, slow, widened, picture } of cases) {
  describe.skipIf(!isThere)(`a table of ${engine.name}`, () => {
    test.each(Object.entries(foreign))("%s is refused, and stays as it is", async (_, source) => {
      const table = newTable(engine);
      await engine.query(make(engine.database, table, source));
      const before = await picture(table);
      const { store } = await open(client);
      const error = await failure(store({ table }).setup?.());
      expect(error.code).toBe("INVALID_OPTION");
      expect(error.message).toContain(`The table "${table}" is not one of the session store`);
      expect(error.message).toContain(`storeSchema("${engine.database}", { table: "${table}" })`);
      expect(await picture(table)).toEqual(before);
      if (String(source).includes("VIEW")) await engine.query(`DROP VIEW ${table}`);
    });

    test.each(Object.entries(slow))(
      "B91: a table %s serves, and the observer is told once what to run",
      async (_, source) => {
        const table = newTable(engine);
        await engine.query(make(engine.database, table, source));
        const before = await picture(table);
        const { store } = await open(client);
        const told: SessionEvent[] = [];
        const sessions = store({ table });
        await sessions.setup?.();
        const manager = createSessions({ store: sessions, observer: (event) => void told.push(event) });
        const { id } = await manager.issue({ userId: "ada" });
        expect((await manager.list({ userId: "ada" })).sessions.map((one) => one.id)).toEqual([id]);
        await manager.prune();
        await manager.revoke(id, { anyUser: true });
        const warnings = told.filter(({ type }) => type === "warning");
        expect(warnings).toEqual([expect.objectContaining({ code: "MISSING_INDEX" })]);
        const { message } = warnings[0] as { message: string };
        expect(message).toContain(`The session table "${table}" lacks`);
        expect(await picture(table)).toEqual(before);

        // What it says mends it, where no other index has the name.
        const statements = message.slice(message.indexOf("CREATE INDEX")).split(";").filter(Boolean);
        for (const [n, statement] of statements.entries()) {
          await engine.query(statement.replace(/(_expiry|_user|_age)/, `$1_${n}`));
        }
        const again: string[] = [];
        const mended = store({ table });
        mended.onWarning?.((_, text) => again.push(text));
        await mended.setup?.();
        expect(again).toEqual([]);
      },
    );

    test("B91: an index with more columns serves as well, without a word", async () => {
      const table = newTable(engine);
      await engine.query(make(engine.database, table, widened));
      const sessions = (await open(client)).store({ table });
      sessions.onWarning?.((_, message) => expect.fail(message));
      expect(await sessions.create(record(), now)).toBe(true);
    });

    test("a table of a migration is accepted, also with further columns and indexes", async () => {
      const table = newTable(engine);
      for (const statement of storeSchema(engine.database, { table }).split(";\n").filter(Boolean)) {
        await engine.query(statement);
      }
      await engine.query(`ALTER TABLE ${table} ADD COLUMN note VARCHAR(9)`);
      await engine.query(`CREATE INDEX ${table}_note ON ${table} (note, id)`);
      const before = await picture(table);
      const { store } = await open(client);
      for (const createTable of [true, false]) {
        const sessions = store({ table, createTable });
        expect(await sessions.create(record({ id: `${createTable}` }), now)).toBe(true);
      }
      expect(await picture(table)).toEqual(before);
    });

    test("a missing table is asked for where createTable is false, and accepted as soon as it exists", async () => {
      const table = newTable(engine);
      const { store } = await open(client);
      const sessions = store({ table, createTable: false });
      const error = await failure(sessions.create(record(), now));
      expect(error.code).toBe("INVALID_OPTION");
      expect(error.message).toContain(`storeSchema("${engine.database}", { table: "${table}" })`);
      await store({ table }).setup?.();
      expect(await sessions.create(record(), now)).toBe(true);
    });

    test("a table that cannot be created is an error that says what to do", async () => {
      const table = newTable(engine);
      const { store } = await open(readOnly);
      const error = await failure(store({ table }).setup?.());
      expect(error.code).toBe("STORE_UNAVAILABLE");
      expect(error.message).toContain(`The session table "${table}" could not be created`);
      expect(error.message).toMatch(/read[- ]only/i);
      expect(error.message).toContain(`storeSchema("${engine.database}", { table: "${table}" })`);
    });

    test("a table may be named by a word of SQL", async () => {
      const { store } = await open(client);
      const sessions = store({ table: "select" });
      expect(await sessions.create(record(), now)).toBe(true);
      expect(await sessions.read(record(), now)).toEqual(record());
      await sessions.close?.();
    });
  });
}

describe.skipIf(!hasPostgres)("a schema of PostgreSQL", () => {
  test("a schema of PostgreSQL is the search_path's first one, or the one that is named; two do not meet", async () => {
    const [one, two, table] = [newTable(postgresEngine), newTable(postgresEngine), newTable(postgresEngine)];
    for (const schema of [one, two]) await postgresEngine.query(`CREATE SCHEMA ${schema}`);
    try {
      const { store } = await open(() => pgPool({ options: `-c search_path=${one}` }));
      const first = store({ table });
      const second = store({ table, schema: two });
      const firstAgain = store({ table, schema: one });
      await first.create(record({ body: "one" }), now);
      expect(await second.read(record(), now)).toBeUndefined();
      await second.create(record({ body: "two" }), now);
      expect((await firstAgain.read(record(), now))?.body).toBe("one");
      await second.prune?.(now, 5);
      await second.clear?.("session");
      expect(await first.count?.("session", now)).toBe(1);
    } finally {
      for (const schema of [one, two]) await postgresEngine.query(`DROP SCHEMA ${schema} CASCADE`);
    }
  });

  test("a schema of PostgreSQL that does not exist is an error that names it", async () => {
    const { store } = await open(pgPool);
    const error = await failure(store({ table: "t", schema: "not_there" }).setup?.());
    expect(error.code).toBe("STORE_UNAVAILABLE");
    expect(error.message).toContain('schema "not_there" does not exist');
    expect(error.message).toContain('storeSchema("postgres", { table: "t", schema: "not_there" })');
  });
});

describe("B92: a SQL store whose connection somebody changes", () => {
  test.skipIf(!hasPostgres)(
    "B92: a PostgreSQL store stays with the table that it found when the search_path changes",
    async () => {
      const [found, other, table] = [newTable(postgresEngine), newTable(postgresEngine), newTable(postgresEngine)];
      // A name that needs quotes.
      const schemas = [`"${found}-"""`, other];
      for (const schema of schemas) await postgresEngine.query(`CREATE SCHEMA ${schema}`);
      try {
        const { pool, store } = await open(() => pgPool({ max: 1 }));
        await pool.query(`SET search_path = ${schemas[0]}`);
        const sessions = store({ table });
        await sessions.create(record({ body: "found" }), now);
        await pool.query(`SET search_path = ${other}`);
        expect((await sessions.read(record(), now))?.body).toBe("found");
        await expectAll(sessions);
        await store({ table }).create(record({ body: "other" }), now);
        expect((await sessions.read(record(), now))?.body).not.toBe("other");
        expect(await sessions.delete(record())).toBe(true);
        expect(await postgresEngine.query(`SELECT body FROM ${other}.${table}`)).toEqual([["other"]]);
      } finally {
        for (const schema of schemas) await postgresEngine.query(`DROP SCHEMA ${schema} CASCADE`);
      }
    },
  );

  test.skipIf(!hasMysql)("B92: a MySQL store stays with the table that it found after USE", async () => {
    const [other, table] = [newTable(mysqlEngine), newTable(mysqlEngine)];
    const name = `${other}\`-`;
    await mysqlEngine.query(`CREATE DATABASE \`${name.replace("`", "``")}\``);
    try {
      const { pool, store } = await open(() => mysqlPool({ connectionLimit: 1 }));
      const sessions = store({ table });
      await sessions.create(record({ body: "found" }), now);
      await pool.query(`USE \`${name.replace("`", "``")}\``);
      expect((await sessions.read(record(), now))?.body).toBe("found");
      await expectAll(sessions);
      const there = store({ table });
      await there.create(record({ body: "other" }), now);
      expect(await sessions.delete(record())).toBe(true);
      expect((await there.read(record(), now))?.body).toBe("other");
    } finally {
      await mysqlEngine.query(`DROP DATABASE \`${name.replace("`", "``")}\``);
    }
  });

  const expectAll = async (store: SessionStore): Promise<void> => {
    expect(await store.replace(next(record({ body: "found" })), stamp(1), now)).toBe(true);
    expect(await store.touch(record(), stamp(2), now, now + hour, now)).toBe(true);
    expect(await store.count?.("session", now)).toBe(1);
    expect((await store.list?.("session", { limit: 5 }, now))?.records).toHaveLength(1);
    expect(await store.prune?.(now, 5)).toBe(0);
  };
});

describe("storeSchema", () => {
  test("storeSchema() refuses what it does not know", () => {
    expect(() => storeSchema("oracle" as never)).toThrow(/storeSchema knows postgres, mysql, sqlite/);
    expect(() => storeSchema("toString" as never)).toThrow(/storeSchema knows/);
    expect(() => storeSchema("mysql", { schema: "app" })).toThrow(/schema is for PostgreSQL only/);
    expect(() => storeSchema("postgres", { schema: "a;b" })).toThrow(/schema must be a name/);
    expect(() => storeSchema("postgres", { table: "a;b" })).toThrow(/table must be a name/);
  });

  test("storeSchema() names the schema in every statement", () => {
    const statements = storeSchema("postgres", { table: "t", schema: "s" }).split(";\n").filter(Boolean);
    expect(statements).toHaveLength(4);
    for (const statement of statements) expect(statement).toContain('"s"."t"');
  });
});
