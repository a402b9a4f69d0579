import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConnection } from "mysql2/promise";
import pg from "pg";
import { createClient } from "redis";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { root } from "../support/package/manifest.ts";
import { account } from "../support/servers/account.ts";
import { embeddedPackages, findEmbeddedPostgres } from "../support/servers/embedded-postgres.ts";
import { findMariadb, startMariadb } from "../support/servers/mariadb.ts";
import type { OwnServer } from "../support/servers/own-server.ts";
import { findPostgres, startPostgres } from "../support/servers/postgres.ts";
import { areGone, areStopped, descendants } from "../support/servers/process-tree.ts";
import { findRedis, startRedis } from "../support/servers/redis.ts";
import { startRedisCluster } from "../support/servers/redis-cluster.ts";
import { commandRedis } from "../support/servers/redis-command.ts";
import { requestService } from "../support/service.ts";
import { isDebian } from "../support/setup/debian.ts";
import { mysql } from "../support/setup/mysql.ts";
import { postgres } from "../support/setup/postgres.ts";
import type { Service } from "../support/setup/service.ts";
import { startServiceServer } from "../support/setup/service-server.ts";
import type { ServiceName } from "../support/setup/services.ts";

/** Whatever a test starts keeps its data here, where it can be seen to be gone. Open to all, as the OS' own folder is. */
function ownTemporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-setup-"));
  chmodSync(folder, 0o777);
  vi.stubEnv("TMPDIR", folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** A connection to a server, with as much of its language as is needed here. */
interface Client {
  write(): Promise<unknown>;
  count(): Promise<number>;
  close(): void;
}

async function connectPostgres(url: string): Promise<Client> {
  const client = new pg.Client(url);
  client.on("error", () => {});
  await client.connect();
  return {
    async write() {
      await client.query("create table if not exists kept (value text)");
      await client.query("insert into kept values ('x')");
    },
    count: async () => Number((await client.query("select count(*) from kept")).rows[0].count),
    close: () => void client.end(),
  };
}

async function connectMariadb(url: string): Promise<Client> {
  const client = await createConnection(url);
  client.on("error", () => {});
  return {
    async write() {
      await client.query("create table if not exists kept (value text)");
      await client.query("insert into kept values ('x')");
    },
    async count() {
      const [rows] = await client.query("select value from kept");
      return (rows as unknown[]).length;
    },
    close: () => client.destroy(),
  };
}

async function connectRedis(url: string): Promise<Client> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on("error", () => {});
  await client.connect();
  return {
    write: () => client.rPush("kept", "x"),
    count: () => client.lLen("kept"),
    close: () => client.destroy(),
  };
}

interface Kind {
  readonly name: string;
  readonly programs: unknown;
  start(): Promise<OwnServer>;
  connect(url: string): Promise<Client>;
}

/** Where CI=true, a test without its programs fails. */
const lacks = (programs: unknown): boolean => programs === undefined && process.env.CI !== "true";

const embedded = findEmbeddedPostgres();
const kinds: readonly Kind[] = [
  {
    name: "PostgreSQL",
    programs: findPostgres(),
    start: () => startPostgres(),
    connect: connectPostgres,
  },
  {
    name: "PostgreSQL of embedded-postgres",
    programs: embedded,
    start: () => startPostgres({ programs: embedded! }),
    connect: connectPostgres,
  },
  { name: "MariaDB", programs: findMariadb(), start: () => startMariadb(), connect: connectMariadb },
  { name: "Redis", programs: findRedis(), start: () => startRedis(), connect: connectRedis },
];

describe.each(kinds)("an own server: $name", ({ programs, start, connect }) => {
  test.skipIf(lacks(programs))(
    "an own server keeps its port and its data when it is killed or stopped, and leaves nothing behind",
    async () => {
      const folder = ownTemporaryFolder();
      await using server = await start();
      for (const end of [() => server.kill("SIGKILL"), () => server.stop(), async () => {}]) {
        const { pid, port } = server;
        const family = [pid, ...descendants(pid)];
        const before = await connect(server.url);
        await before.write();
        await end();
        await server.restart();
        expect(areGone(family)).toBe(true);
        before.close();
        expect(server.port).toBe(port);
        expect(server.pid).not.toBe(pid);
      }
      const after = await connect(server.url);
      expect(await after.count()).toBe(3);
      after.close();
      await server.kill("SIGKILL");
      await expect(connect(server.url)).rejects.toMatchObject({ code: "ECONNREFUSED" });
      await server.dispose();
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  test.skipIf(lacks(programs))("stands still while it is frozen, with every process it has, and goes on", async () => {
    ownTemporaryFolder();
    await using server = await start();
    const client = await connect(server.url);
    await client.write();
    const family = [server.pid, ...descendants(server.pid)];
    await server.freeze();
    expect(areStopped(family)).toBe(true);
    let isAnswered = false;
    const count = client.count().finally(() => {
      isAnswered = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(isAnswered).toBe(false);
    await server.thaw();
    expect(await count).toBe(1);
    client.close();
    await server.freeze();
    await server.dispose();
    expect(areGone(family)).toBe(true);
  });
});

test.skipIf(lacks(findPostgres()))("PostgreSQL, killed, leaves no shared memory behind", async () => {
  const folder = ownTemporaryFolder();
  const server = await startPostgres();
  const [site] = readdirSync(folder);
  const lines = readFileSync(join(folder, site!, "data/postmaster.pid"), "utf8").split("\n");
  const id = lines[6]!.trim().split(/\s+/)[1]!;
  const segments = () => execFileSync("ipcs", ["-m"], { encoding: "utf8" }).split("\n");
  const isThere = () => segments().some((line) => line.split(/\s+/)[1] === id);
  expect(isThere()).toBe(true);
  await server.kill("SIGKILL");
  await server.dispose();
  expect(isThere()).toBe(false);
});

test.skipIf(lacks(embedded))(
  "embedded-postgres works without its install script, and where the servers' account cannot read it",
  async () => {
    const folder = ownTemporaryFolder();
    const closed = mkdtempSync(join(folder, "closed-"));
    const platform = `${process.platform}-${process.arch}`;
    const installed = join(embeddedPackages, "@embedded-postgres", platform);
    const filter = (path: string) => !lstatSync(path).isSymbolicLink();
    await cp(installed, join(closed, "@embedded-postgres", platform), { recursive: true, filter });
    const programs = findEmbeddedPostgres(closed)!;
    await using server = await startPostgres({ programs });
    expect(await postgresVersion(server.url)).toMatch(/^18\./);
    // Root's servers run as nobody, to whom a folder of root's is closed.
    expect(statSync(closed).mode & 0o777).toBe(0o700);
  },
);

test.skipIf(lacks(findRedis()))("many own servers start at once, each on a port of its own", async () => {
  const folder = ownTemporaryFolder();
  const servers = await Promise.all(Array.from({ length: 12 }, () => startRedis()));
  expect(new Set(servers.map(({ port }) => port)).size).toBe(12);
  await Promise.all(servers.map((server) => server.dispose()));
  expect(readdirSync(folder)).toEqual([]);
});

test.skipIf(lacks(findRedis()))("an own server takes more arguments, and says what it dislikes", async () => {
  const folder = ownTemporaryFolder();
  await using server = await startRedis({ args: ["--maxmemory", "4mb"] });
  expect(await commandRedis(server.port, "CONFIG", "GET", "maxmemory")).toMatchObject({ maxmemory: "4194304" });
  await expect(startRedis({ args: ["--no-such-option", "1"] })).rejects.toThrow(/no-such-option/);
  await server.dispose();
  expect(readdirSync(folder)).toEqual([]);
});

test.skipIf(lacks(findRedis()))("a node of an own cluster comes back with its slots and its data", async () => {
  const folder = ownTemporaryFolder();
  await using cluster = await startRedisCluster();
  const [node] = cluster.nodes;
  // Its slot is 3300.
  await commandRedis(node!.port, "SET", "b", "kept");
  await node!.kill("SIGKILL");
  await node!.restart();
  await expect.poll(() => commandRedis(node!.port, "GET", "b").catch(String)).toBe("kept");
  await cluster.dispose();
  expect(readdirSync(folder)).toEqual([]);
});

describe("the set-up of all tests", () => {
  const environment = {
    POSTGRES_URL: undefined,
    MYSQL_URL: undefined,
    REDIS_URL: undefined,
    REDIS_CLUSTER_URL: undefined,
    CI: undefined,
    // Any program will do: no browser is needed here.
    CHROMIUM: process.execPath,
  };

  test.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)(
    "ended by %s, leaves no process and no folder",
    async (signal) => {
      const folder = ownTemporaryFolder();
      const worker = runWorker("setup-worker.ts", [], environment);
      await expect.poll(worker.output).toContain("found: ");
      const pids = descendants(worker.child.pid!);
      expect(pids.length).toBeGreaterThan(readdirSync(folder).length);
      // As Ctrl-C does: to the whole group.
      process.kill(-worker.child.pid!, signal);
      await worker.end;
      await expect.poll(() => areGone(pids)).toBe(true);
      await expect.poll(() => serverFolders(folder)).toEqual([]);
    },
  );

  test("the set-up of all tests stops everything at the end", async () => {
    const folder = ownTemporaryFolder();
    const worker = runWorker("setup-worker.ts", ["teardown"], environment);
    expect(await worker.end).toBe(0);
    expect(worker.output()).toMatch(/^redis: (Redis|Valkey) \d\S+, found /m);
    expect(serverFolders(folder)).toEqual([]);
  });

  test("a service that is missing is named with the reason, without a password", async () => {
    const folder = ownTemporaryFolder();
    const REDIS_URL = "redis://user:geheim@127.0.0.1:1";
    const worker = runWorker("setup-worker.ts", ["teardown"], { ...environment, REDIS_URL });
    expect(await worker.end).toBe(0);
    expect(worker.output()).toMatch(/^redis: missing, REDIS_URL is of no use: .*ECONNREFUSED/m);
    expect(worker.output()).not.toContain("geheim");
    await expect.poll(() => serverFolders(folder)).toEqual([]);
  });

  test("a service starts once, when the first test asks for it", async () => {
    let starts = 0;
    let stops = 0;
    const counted: Service<string> = {
      async start() {
        starts++;
        return { value: "a value", note: "counted", stop: async () => void stops++ };
      },
    };
    const lines: string[] = [];
    const server = await startServiceServer({ counted, other: counted }, (line) => lines.push(line));
    expect(starts).toBe(0);
    const ask = () => requestService(server.url, "counted" as ServiceName, true);
    expect(await Promise.all([ask(), ask()])).toEqual(["a value", "a value"]);
    expect(lines).toEqual(["counted: counted"]);
    await server.close();
    expect({ starts, stops }).toEqual({ starts: 1, stops: 1 });
  });

  test("projects of one run share their services, which stop with the last project", async () => {
    let starts = 0;
    const stops: number[] = [];
    const counted: Service<string> = {
      async start() {
        const number = ++starts;
        return { value: `${number}`, note: "counted", stop: async () => void stops.push(number) };
      },
    };
    const join = async () => {
      // As vitest does for each project: the same file, as another module.
      vi.resetModules();
      const { shareServiceServer } = await import("../support/setup/shared-server.ts");
      return shareServiceServer(() => startServiceServer({ counted }, () => {}));
    };
    const [first, second] = await Promise.all([join(), join()]);
    expect(second.url).toBe(first.url);
    const ask = (url: string) => requestService(url, "counted" as ServiceName, true);
    expect(await Promise.all([ask(first.url), ask(second.url)])).toEqual(["1", "1"]);
    await first.release();
    expect(stops).toEqual([]);
    expect(await ask(second.url)).toBe("1");
    await second.release();
    expect(stops).toEqual([1]);
    const next = await join();
    expect(await ask(next.url)).toBe("2");
    await next.release();
    expect(stops).toEqual([1, 2]);
  });

  test("a service that is missing fails the test that asks for it where CI=true, and is undefined elsewhere", async () => {
    const absent: Service<string> = { start: async () => ({ missing: "it is not here" }) };
    await using server = await startServiceServer({ absent }, () => {});
    const ask = (isRequired: boolean) => requestService(server.url, "absent" as ServiceName, isRequired);
    expect(await ask(false)).toBeUndefined();
    await expect(ask(true)).rejects.toThrow(/absent is missing: it is not here/);
  });

  test.skipIf(lacks(findPostgres()))(
    "the set-up of all tests has a database of its own on a PostgreSQL server that is given",
    async () => {
      ownTemporaryFolder();
      await using server = await startPostgres();
      const names = () => postgresValues(server.url, "select datname from pg_database order by 1");
      const before = await names();
      vi.stubEnv("POSTGRES_URL", server.url);
      const result = await postgres.start();
      if ("missing" in result) throw new Error(result.missing);
      expect(result.note).toMatch(/^PostgreSQL \d.*, from POSTGRES_URL$/);
      expect(before).not.toContain(new URL(result.value).pathname.slice(1));
      // A client that was forgotten.
      const client = await connectPostgres(result.value);
      await client.write();
      expect(await names()).toHaveLength(before.length + 1);
      await result.stop?.();
      expect(await names()).toEqual(before);
      client.close();
    },
  );

  test.skipIf(lacks(findMariadb()))(
    "the set-up of all tests has a database of its own on a MariaDB server that is given",
    async () => {
      ownTemporaryFolder();
      await using server = await startMariadb();
      const connection = await createConnection(server.url);
      const names = async () => JSON.stringify((await connection.query("show databases"))[0]);
      const before = await names();
      vi.stubEnv("MYSQL_URL", server.url);
      const result = await mysql.start();
      if ("missing" in result) throw new Error(result.missing);
      expect(result.note).toMatch(/^MariaDB \d\S+, from MYSQL_URL$/);
      const client = await connectMariadb(result.value);
      await client.write();
      client.close();
      expect(await names()).not.toBe(before);
      await result.stop?.();
      expect(await names()).toBe(before);
      connection.destroy();
    },
  );

  test.skipIf(!isDebian)(
    "the set-up of all tests runs servers from unpacked packages where it may not install them",
    async (context) => {
      const folder = ownTemporaryFolder();
      const place = join(folder, "unpacked");
      const unpacking = runWorker("unpack-worker.ts", ["unpack", place], { HOME: folder }, account);
      if (process.env.CI !== "true") {
        const late = setTimeout(() => unpacking.child.kill(), 60_000);
        if ((await unpacking.end) !== 0) {
          // Debian's archive may be out of reach, as on a train. In CI that is a failure.
          context.skip(`The packages cannot be had: ${unpacking.output()}`);
        }
        clearTimeout(late);
      }
      expect(await unpacking.end, unpacking.output()).toBe(0);
      const running = runWorker("unpack-worker.ts", ["run", place], { HOME: folder }, account);
      expect(await running.end, running.output()).toBe(0);
      expect(running.output()).toMatch(/^MariaDB \d\S+ and (Redis|Valkey) \d\S+ as [1-9]\d*$/m);
    },
  );
});

interface Worker {
  readonly child: ChildProcess;
  readonly end: Promise<number | null>;
  output(): string;
}

function runWorker(
  name: string,
  args: readonly string[],
  env: Record<string, string | undefined>,
  identity: { readonly uid?: number; readonly gid?: number } = {},
): Worker {
  const child = spawn(process.execPath, ["--import", "tsx", join("test/support/workers", name), ...args], {
    ...identity,
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const end = once(child, "close").then(([code]) => code as number | null);
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, end, output: () => output };
}

/** tsx keeps a cache there too. */
const serverFolders = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith("coatcheck-"));

const postgresVersion = async (url: string): Promise<string> => (await postgresValues(url, "show server_version"))[0]!;

async function postgresValues(url: string, statement: string): Promise<string[]> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query({ text: statement, rowMode: "array" });
  await client.end();
  return rows.map(([value]) => value);
}
