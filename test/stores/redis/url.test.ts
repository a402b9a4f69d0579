import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionStore, StoreCall } from "coatcheck";
import { redisStore } from "coatcheck/stores/redis";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { openClient, type RedisPackages } from "../../../src/stores/redis/connect.ts";
import { createConnection } from "../../../src/stores/redis/connection.ts";
import { recordStore } from "../../../src/stores/redis/store.ts";
import { parseUrl } from "../../../src/stores/redis/url.ts";
import { storeWarnings } from "../../../src/stores/shared/warnings.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import { cert, key } from "../../support/adapters/certificate.ts";
import type { OwnServer } from "../../support/servers/own-server.ts";
import { freePort, secondPort } from "../../support/servers/port.ts";
import { startRedis, startRedisWith } from "../../support/servers/redis.ts";
import { startRedisCluster } from "../../support/servers/redis-cluster.ts";
import { commandRedis } from "../../support/servers/redis-command.ts";
import { service } from "../../support/service.ts";
import { connectRaw, hour, keyOf, newPrefix, next, recordAt } from "../../support/stores/redis.ts";

const redisUrl = await service("redis");
const redisClusterUrl = await service("redisCluster");

const now = Date.now();
const absent = () => Promise.reject(new Error("Cannot find package"));

/** Each package alone. */
const packages: Readonly<Record<string, RedisPackages>> = {
  "redis 5": { redis: () => import("redis5"), ioredis: absent },
  "redis 6": { redis: () => import("redis"), ioredis: absent },
  "ioredis 5": { redis: absent, ioredis: () => import("ioredis") },
  "ioredis 6": { redis: absent, ioredis: () => import("ioredis6") },
};

function open(url: string, found: RedisPackages, prefix = newPrefix()): SessionStore {
  const server = parseUrl(url);
  const store = recordStore(
    createConnection(() => openClient(server, found)),
    prefix,
    storeWarnings(),
  );
  onTestFinished(() => store.close?.());
  return store;
}

async function useStore(store: SessionStore, call?: StoreCall): Promise<void> {
  await store.setup!(call);
  const record = recordAt(now, { userId: "ada" });
  expect(await store.create(record, now, call)).toBe(true);
  expect(await store.replace(next(record), stamp(1), now, call)).toBe(true);
  expect(await store.touch(keyOf(record), stamp(2), now, now + 3 * hour, now, call)).toBe(true);
  expect((await store.list!("session", { userId: "ada", limit: 2 }, now, call)).records[0]?.id).toBe(record.id);
  expect(await store.count!("session", now, call)).toBe(1);
  await store.clear!("session", call);
  expect(await store.read(keyOf(record), now, call)).toBeUndefined();
}

const refusal = (message: RegExp) =>
  expect.objectContaining({ code: "STORE_UNAVAILABLE", message: expect.stringMatching(message) });

describe.each(Object.entries(packages))("a store with a client of its own, of %s", (_, found) => {
  test.skipIf(redisUrl === undefined)("a Redis store with its own client works on a server", () =>
    useStore(open(redisUrl!, found)),
  );

  test.skipIf(redisClusterUrl === undefined)("a Redis store with its own client works on a cluster", () =>
    useStore(open(redisClusterUrl!, found)),
  );

  test("with credentials and a database, which no error shows", async () => {
    await using server = await startRedis();
    await commandRedis(server.port, "CONFIG", "SET", "requirepass", "s3cret/@word");
    const good = open(`redis://default:s3cret%2F%40word@127.0.0.1:${server.port}/3`, found, "shop:");
    await useStore(good);
    await good.create(recordAt(now, { id: "one" }), now);
    const raw = await connectRaw(`redis://default:s3cret%2F%40word@127.0.0.1:${server.port}/3`);
    expect(await raw.keys("*")).toEqual(["shop:record:session:one"]);

    for (const credentials of ["default:wr0ng-word@", ""]) {
      const bad = open(`redis://${credentials}127.0.0.1:${server.port}`, found);
      const error = await Promise.resolve(bad.read(keyOf(recordAt(now)), now)).catch((error: unknown) => error);
      expect(error).toEqual(refusal(/could not connect|NOAUTH/));
      expect(`${error} ${(error as Error).cause}`).not.toMatch(/wr0ng-word|s3cret/);
    }
  });

  test("B40: on a server that is down it fails at once, and works when the server is there", async () => {
    const server = await startRedis();
    onTestFinished(() => server.dispose());
    await server.stop();
    const store = open(server.url, found);
    for (let n = 0; n < 3; n++)
      await expect(store.create(recordAt(now), now)).rejects.toEqual(refusal(/could not connect/));
    await server.restart();
    await useStore(store);
    await server.stop();
    await expect.poll(() => store.count!("session", now).catch((error) => error)).toEqual(refusal(/./));
    await server.restart();
    await expect.poll(() => store.count!("session", now).catch(String)).toBe(0);
    await useStore(store);
  });

  test("B40: on a cluster that is down it fails, and works when the cluster is there", async () => {
    await using cluster = await startRedisCluster();
    const store = open(cluster.url, found);
    const isWhole = async (): Promise<boolean> => {
      const infos = cluster.nodes.map(({ port }) => commandRedis(port, "CLUSTER", "INFO").catch(String));
      return (await Promise.all(infos)).every((info) => /cluster_state:ok/.test(`${info}`));
    };
    const all = (run: (node: OwnServer) => Promise<void>) => Promise.all(cluster.nodes.map(run));
    await all((node) => node.stop());
    await expect(useStore(store)).rejects.toEqual(refusal(/could not connect/));
    for (let round = 0; round < 2; round++) {
      await all((node) => node.restart());
      const count = (): Promise<unknown> => store.count!("session", now, { signal: AbortSignal.timeout(5_000) });
      await expect.poll(isWhole).toBe(true);
      await expect.poll(() => count().catch(String)).toBe(0);
      await useStore(store);
      await all((node) => node.kill("SIGKILL"));
      await expect(count()).rejects.toThrow();
    }
  });

  test("B43: the store's own client reconnects, and finds the new primary when it meets a replica", async () => {
    await using server = await startRedis();
    const store = open(server.url, found);
    const connections = async () =>
      `${await commandRedis(server.port, "CLIENT", "LIST", "TYPE", "normal")}`.match(/(?<=^id=)\d+/gm)!.slice(0, -1);
    await useStore(store);
    const [first] = await connections();
    await commandRedis(server.port, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    await expect.poll(() => store.count!("session", now).catch(String)).toBe(0);
    const [second] = await connections();
    expect(second).not.toBe(first);
    await commandRedis(server.port, "REPLICAOF", "127.0.0.1", `${await freePort()}`);
    await expect(store.create(recordAt(now), now)).rejects.toEqual(refusal(/primary/));
    await commandRedis(server.port, "REPLICAOF", "NO", "ONE");
    await useStore(store);
    expect(await connections()).not.toContain(second);
  });

  test("closing it closes its connections, also while it opens them, and leaves it closed", async () => {
    await using server = await startRedis();
    const raw = await connectRaw(server.url);
    const others = async () => (await raw.clientList()).length - 1;
    const store = open(server.url, found);
    await useStore(store);
    expect(await others()).toBe(1);
    await store.close!();
    await expect.poll(others).toBe(0);
    await expect(store.read(keyOf(recordAt(now)), now)).rejects.toEqual(refusal(/closed/));
    const hasty = open(server.url, found);
    const reading = hasty.read(keyOf(recordAt(now)), now);
    await Promise.all([expect(reading).rejects.toEqual(refusal(/closed/)), hasty.close!()]);
    await expect.poll(others).toBe(0);
  });

  test("an operation that was given up while the connection was opened is not done", async () => {
    await using server = await startRedis();
    const store = open(server.url, found);
    const givingUp = new AbortController();
    const record = recordAt(now, { userId: "ada" });
    const attempt = store.create(record, now, { signal: givingUp.signal });
    givingUp.abort();
    await expect(attempt).rejects.toEqual(refusal(/gave/));
    expect(await store.read(keyOf(record), now)).toBeUndefined();
    expect(await (await connectRaw(server.url)).dbSize()).toBe(0);
  });
});

describe.each(Object.entries(packages))("TLS, by %s", (_, found) => {
  test("rediss: and rediss+cluster: speak it, with a server that they can trust only", async () => {
    const folder = await mkdtemp(join(tmpdir(), "coatcheck-redis-tls-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    await chmod(folder, 0o755);
    await writeFile(join(folder, "cert"), cert);
    await writeFile(join(folder, "key"), key);
    const tlsPort = await freePort();
    const tls = [
      "--tls-port",
      `${tlsPort}`,
      "--tls-cluster",
      "yes",
      "--tls-auth-clients",
      "no",
      "--tls-ca-cert-file",
      join(folder, "cert"),
    ];
    tls.push("--tls-cert-file", join(folder, "cert"), "--tls-key-file", join(folder, "key"));
    const inCluster = ["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"];
    await using server = await startRedisWith((port) => [
      ...tls,
      ...inCluster,
      "--cluster-port",
      `${secondPort(port)}`,
    ]);
    await commandRedis(server.port, "CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    await expect.poll(() => commandRedis(server.port, "CLUSTER", "INFO").then(String)).toMatch("cluster_state:ok");

    const urls = [`rediss://127.0.0.1:${tlsPort}`, `rediss+cluster://127.0.0.1:${tlsPort}`];
    for (const url of urls) {
      await expect(open(url, found).setup!()).rejects.toEqual(refusal(/could not connect/));
      vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
      await useStore(open(url, found)).finally(() => vi.unstubAllEnvs());
    }
  });
});

test("without either package it says what to install", async () => {
  const store = open("redis://localhost", { redis: absent, ioredis: absent });
  await expect(store.read(keyOf(recordAt(now)), now)).rejects.toEqual(refusal(/npm install redis/));
});

test("a client that was given stays open", async () => {
  await using server = await startRedis();
  const client = await connectRaw(server.url);
  const store = redisStore({ client });
  await store.create(recordAt(now), now);
  await store.close!();
  await expect(store.count!("session", now)).rejects.toEqual(refusal(/closed/));
  expect(await client.dbSize()).toBe(1);
});

describe("URLs", () => {
  test.each([
    ["redis://localhost", undefined],
    ["rediss://user:pa%20ss@redis.example:6380/15?family=6", undefined],
    ["REDIS://[::1]:6379/", undefined],
    [
      "redis+cluster://a:7001,b,[::1]:7003",
      {
        nodes: [
          { host: "a", port: 7001 },
          { host: "b", port: 6379 },
          { host: "::1", port: 7003 },
        ],
        username: undefined,
        password: undefined,
        isSecure: false,
      },
    ],
    [
      "rediss+cluster://us%40er:p%3Ass@a:7001/",
      { nodes: [{ host: "a", port: 7001 }], username: "us@er", password: "p:ss", isSecure: true },
    ],
  ])("%s", (url, cluster) => {
    expect(parseUrl(url)).toEqual({ url: cluster ? "" : url, cluster });
    expect(redisStore({ url })).toMatchObject({ name: "redis", kind: "record", atomic: true });
  });

  test.each([
    "",
    "localhost:6379",
    "http://localhost",
    "redis:localhost",
    "redis://",
    "redis:///0",
    "redis://host:0x1",
    "redis://host/name",
    "redis+cluster://",
    "redis+cluster://a,,b",
    "redis+cluster://a/1",
    "redis+cluster://a:7001/0?x=y",
    "redis+cluster://:s3cret@",
    "redis+cluster://:s3cret%@a",
    "redis://:s3cret@host:port",
    7,
    null,
  ])("%j is none", (url) => {
    const attempt = () => redisStore({ url: url as string });
    expect(attempt).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
    expect(attempt).not.toThrow(/s3cret/);
  });
});

describe("what is no client", () => {
  const sentinel = { sendCommand() {}, acquire() {}, use() {} };
  test.each([
    ["nothing", {}],
    ["both", { client: { sendCommand() {} }, url: "redis://localhost" }],
    ["null", { client: null }],
    ["text", { client: "redis://localhost" }],
    ["a bare object", { client: {} }],
    ["a function", { client: () => undefined }],
    ["a Map", { client: new Map() }],
    ["a sentinel of node-redis", { client: sentinel }],
  ])("%s", (_, options) => {
    expect(() => redisStore(options as never)).toThrow(expect.objectContaining({ code: "INVALID_OPTION" }));
  });
});
