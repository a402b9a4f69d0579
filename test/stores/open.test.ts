import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { openStore } from "coatcheck/stores/open";
import { Client } from "pg";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { stamp } from "../../src/testing/store/rule.ts";
import { root } from "../support/package/manifest.ts";
import { output } from "../support/processes/run.ts";
import { runtime } from "../support/runtime.ts";
import { freePort } from "../support/servers/port.ts";
import { service } from "../support/service.ts";
import { openAgain, storeUnderTest } from "../support/stores/stores.ts";

const postgresUrl = await service("postgres");

const folder = mkdtempSync(join(tmpdir(), "coatcheck-open-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const record = (now: number) => ({
  namespace: "session",
  id: "id-0000000000000000001",
  ...stamp(1),
  body: "body",
  createdAt: now,
  lastSeenAt: now,
  expiresAt: now + 60_000,
});

describe("paths", () => {
  const file = join(folder, "a b#c%.db");
  const encoded = encodeURIComponent(file);

  it.each([
    ["as it is", `sqlite:${join(folder, "plain.db")}`, join(folder, "plain.db")],
    ["with escapes", `sqlite:${encoded}`, file],
    ["as a file URL has it", pathToFileURL(file).href.replace("file:", "sqlite:"), file],
    ["with a host that is this one", `sqlite://localhost${join(folder, "local.db")}`, join(folder, "local.db")],
    ["in a folder that is not there yet", `sqlite:${join(folder, "new/er/app.db")}`, join(folder, "new/er/app.db")],
  ])("paths can be written %s", async (_, url, path) => {
    const store = await openStore(url);
    expect(existsSync(path)).toBe(false);
    expect(await store.create(record(Date.now()), Date.now())).toBe(true);
    expect(existsSync(path)).toBe(true);
    await store.close?.();
    rmSync(path);
  });

  it("sqlite::memory: is in memory", async () => {
    const store = await openStore("sqlite::memory:");
    expect(await store.create(record(Date.now()), Date.now())).toBe(true);
    await store.close?.();
    expect(existsSync(":memory:")).toBe(false);
  });
});

describe("options", () => {
  it("options are parameters of the URL: two tables in one file do not meet", async () => {
    const url = `sqlite:${join(folder, "tables.db")}`;
    const now = Date.now();
    const [one, two, again] = await Promise.all([
      openStore(`${url}?table=one`),
      openStore(`${url}?table=two&createTable=true`),
      openStore(`${url}?table=one&createTable=false`),
    ]);
    await one.create(record(now), now);
    expect([await two.read(record(now), now), (await again.read(record(now), now))?.body]).toEqual([undefined, "body"]);
    await Promise.all([one, two, again].map((store) => store.close?.()));
  });

  it("maxSessions limits the memory store", async () => {
    const store = await openStore("memory:?maxSessions=1");
    const now = Date.now();
    await store.create(record(now), now);
    await store.create({ ...record(now), id: "id-0000000000000000002" }, now);
    expect(await store.count?.("session", now)).toBe(1);
  });

  it("a URL may have escaped names and a scheme in capitals", async () => {
    expect((await openStore("MEMORY:?max%53essions=%31")).name).toBe("memory");
  });
});

describe("a sentence says what is wrong with", () => {
  it.each([
    ["", /begins with the kind of store/],
    ["./app.db", /begins with the kind of store/],
    ["//user:hunter2@host", /begins with the kind of store/],
    [undefined as never, /begins with the kind of store/],
    ["oracle://user:hunter2@host/db", /no store for "oracle:"\. There is one for memory, .*sqlite/],
    ["constructor:", /no store for "constructor:"/],
    ["memory:x", /memory/],
    ["memory:?maxSessions=many", /maxSessions must be an integer, and is "many"/],
    ["memory:?maxSessions=-1", /maxSessions must be an integer/],
    ["memory:?maxSessions=0", /maxSessions must be an integer of at least 1/],
    ["memory:?maxSessions=", /maxSessions must be an integer/],
    ["memory:?maxSessions=1&maxSessions=2", /"maxSessions" is given twice/],
    ["memory:?constructor=1", /memory: has no parameter "constructor"/],
    ["memory:?maxsessions=1", /memory: has no parameter "maxsessions"\. Its parameters: maxSessions\./],
    ["sqlite:", /path must be the path of a file/],
    ["sqlite:app.db?table=a-b", /table must be a name/],
    ["sqlite:app.db?table=", /table must be a name/],
    ["sqlite:app.db?createTable=no", /createTable must be true or false, and is "no"/],
    ["sqlite:app.db?mode=ro", /sqlite: has no parameter "mode"/],
    ["sqlite://app.db", /Two slashes begin a host name/],
    ["file:", /path must be the path of a directory/],
    ["file://./data", /Two slashes begin a host name/],
    ["file:./data?table=x", /file: has no parameter "table"/],
    ["postgres://ann:hunter2@localhost/app?table=a-b", /table must be a name/],
    ["postgres://ann:hunter2@localhost/app?schema=1", /schema must be a name/],
    ["mysql://ann:hunter2@localhost/app?createTable=1", /createTable must be true or false/],
    ["redis://ann:hunter2@localhost?prefix=", /prefix must be a string/],
    ["redis://ann:hunter2@localhost/app", /redis:/],
    ["mongodb://ann:hunter2@localhost/app?collection=$", /collection must be a/],
    ["mongodb://ann:hunter2@localhost/app?createIndexes=", /createIndexes must be true or false/],
    ["sqlite:100%.db", /"%"/],
    ["kv:SESSIONS", /Workers KV.+ no compare-and-set.+ old values/],
  ])("%j", async (url, sentence) => {
    const error = await openStore(url).then(
      () => expect.fail("opened"),
      (error: unknown) => error,
    );
    expect(error).toMatchObject({ code: "INVALID_OPTION", message: expect.stringMatching(sentence) });
    expect(String(error)).not.toContain("hunter2");
  });
});

describe("a server", () => {
  const schemes = [
    ...["postgres", "postgresql", "mysql", "mariadb", "mongodb"],
    ...["redis", "rediss", "redis+cluster", "rediss+cluster"],
  ];

  it.each(schemes)("a server that is down fails the first use, without the password: %s", async (scheme) => {
    const store = await openStore(
      `${scheme}://ann:hunter2@127.0.0.1:${await freePort()}/${/^red/.test(scheme) ? "" : "app"}`,
    );
    onTestFinished(() => store.close?.());
    const error = await Promise.resolve(store.read({ namespace: "session", id: "x" }, Date.now())).catch(
      (error: unknown) => error,
    );
    expect(error).toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("hunter2");
  });

  it.each(["postgres", "mysql", "redis", "redis+cluster", "mongodb"])(
    "a server is not connected to by opening: %s",
    async (scheme) => {
      let connections = 0;
      const server = createServer((socket) => {
        connections++;
        socket.destroy();
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => void server.close());
      const { port } = server.address() as { port: number };
      const store = await openStore(`${scheme}://127.0.0.1:${port}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(connections).toBe(0);
      await Promise.resolve(store.read({ namespace: "session", id: "x" }, Date.now())).catch(() => undefined);
      expect(connections).toBeGreaterThan(0);
      await store.close?.();
    },
  );

  it.each([...schemes, "mongodb+srv"])(
    "a server whose URL is malformed is refused at once, without the password: %s",
    async (scheme) => {
      for (const place of [
        "hunter2#@localhost",
        "hunter2/@localhost",
        "hunter2?@localhost",
        "hunter2@localhost:port",
        "hunter2",
      ]) {
        const error = await openStore(`${scheme}://ann:${place}`).catch((error: unknown) => error);
        expect(error, place).toMatchObject({ code: "INVALID_OPTION" });
        expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("hunter2");
      }
    },
  );

  it.each(["redis+cluster://localhost:1,localhost:2", "mongodb://ann:a,b@one:1,two:2,three/app?replicaSet=x"])(
    "a server may have several hosts: %s",
    async (url) => expect((await openStore(url)).kind).toBe("record"),
  );

  it.skipIf(postgresUrl === undefined)("a server gets what the store does not know, through its client", async () => {
    const url = (await storeUnderTest("PostgreSQL")).url();
    const client = new Client({ connectionString: postgresUrl });
    await client.connect();
    const schema = /test_\w+/.exec(url)?.[0] ?? "";
    onTestFinished(async () => {
      await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
      await client.end();
    });
    await client.query(`CREATE SCHEMA ${schema}`);
    const store = await openAgain(`${url}&schema=${schema}&application_name=${schema}`);
    await store.create(record(Date.now()), Date.now());
    const names = "SELECT DISTINCT application_name FROM pg_stat_activity WHERE application_name = $1";
    expect((await client.query(names, [schema])).rows).toEqual([{ application_name: schema }]);
    expect((await client.query(`SELECT body FROM ${schema}.${schema}`)).rows).toEqual([{ body: "body" }]);
  });
});

// Packages are hidden by hooks of Node's module loader, which the others do not call.
describe.skipIf(runtime !== "node")("what is not installed", () => {
  const worker = join(root, "test/support/stores/open/worker.ts");
  const withoutModules = async (absent: string, urls: readonly string[]): Promise<string[]> =>
    JSON.parse(await output(process.execPath, ["--import", "tsx", worker, absent, ...urls], root));

  it("a package that is not installed is named when its store is opened, with what to install", async () => {
    const packages =
      "/node_modules/(pg|postgres|mysql2|redis|ioredis|mongodb|better-sqlite3|libsql)/|^(node|bun):sqlite";
    const install = (what: string) =>
      expect.stringMatching(new RegExp(`^STORE_UNAVAILABLE: .*run "npm install ${what}`));
    const wanted = {
      "postgres://ann:hunter2@localhost/app": install('pg" \\(or "postgres"\\)\\.$'),
      "mysql://ann:hunter2@localhost/app": install('mysql2"\\.$'),
      "mariadb://ann:hunter2@localhost/app": install('mysql2"\\.$'),
      "redis://ann:hunter2@localhost": install('redis" \\(or "ioredis"\\)\\.$'),
      "redis+cluster://ann:hunter2@localhost": install('redis" \\(or "ioredis"\\)\\.$'),
      "mongodb://ann:hunter2@localhost/app": install('mongodb"\\.$'),
      "sqlite:./app.db": install('better-sqlite3" \\(or "libsql"\\)'),
      "memory:": "memory",
      "file:./data": "file",
    };
    const results = await withoutModules(packages, Object.keys(wanted));
    expect(results).toEqual(Object.values(wanted));
    expect(results.join()).not.toContain("hunter2");
  });

  it("a package that is not installed may be the first choice of two packages", async () => {
    const firsts = "/node_modules/(pg|redis)/";
    const urls = ["postgres://localhost/app", "redis://localhost"];
    expect(await withoutModules(firsts, urls)).toEqual(["postgres", "redis"]);
  });

  it("a package that is not installed is not missed by other stores", async () => {
    const others =
      "/src/stores/(_?(sql|file|postgres|mysql|redis|mongodb)|cookie)|/node_modules/(pg|postgres|mysql2|redis|ioredis|mongodb)/";
    expect(await withoutModules(others, ["memory:"])).toEqual(["memory"]);
  });
});
