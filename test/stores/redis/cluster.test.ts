import { randomBytes } from "node:crypto";
import type { SessionStore } from "coatcheck";
import { type NodeRedisCluster, type RedisClient, redisStore } from "coatcheck/stores/redis";
import { Cluster as Cluster5 } from "ioredis";
import { Cluster as Cluster6 } from "ioredis6";
import { createCluster } from "redis";
import { createCluster as createCluster5 } from "redis5";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { stamp } from "../../../src/testing/store/rule.ts";
import type { OwnServer } from "../../support/servers/own-server.ts";
import { secondPort } from "../../support/servers/port.ts";
import { startRedisWith } from "../../support/servers/redis.ts";
import { type OwnCluster, startRedisCluster } from "../../support/servers/redis-cluster.ts";
import { commandRedis } from "../../support/servers/redis-command.ts";
import { clustered, nodesOf } from "../../support/stores/redis/clients.ts";
import { hour, keyOf, listed, newPrefix, next, recordAt } from "../../support/stores/redis.ts";

const now = Date.now();
const ada = { userId: "ada" };

let cluster: OwnCluster;
beforeAll(async () => {
  cluster = await startRedisCluster();
});
afterAll(() => cluster.dispose());

/** Starts to move the slot of a key to the next node, and gives what ends it. */
async function moveSlotOf(key: string): Promise<() => Promise<void>> {
  const slot = `${await commandRedis(cluster.nodes[0]!.port, "CLUSTER", "KEYSLOT", key)}`;
  const owned = await Promise.all(
    cluster.nodes.map(async ({ port }) => Number(await commandRedis(port, "CLUSTER", "COUNTKEYSINSLOT", slot)) > 0),
  );
  const from = cluster.nodes[owned.indexOf(true)]!.port;
  const to = cluster.nodes[(owned.indexOf(true) + 1) % 3]!.port;
  const [source, target] = [
    `${await commandRedis(from, "CLUSTER", "MYID")}`,
    `${await commandRedis(to, "CLUSTER", "MYID")}`,
  ];
  await commandRedis(to, "CLUSTER", "SETSLOT", slot, "IMPORTING", source);
  await commandRedis(from, "CLUSTER", "SETSLOT", slot, "MIGRATING", target);
  const keys = (await commandRedis(from, "CLUSTER", "GETKEYSINSLOT", slot, "1000")) as string[];
  await commandRedis(from, "MIGRATE", "127.0.0.1", `${to}`, "", "0", "60000", "KEYS", ...keys);
  return async () => {
    for (const { port } of cluster.nodes) await commandRedis(port, "CLUSTER", "SETSLOT", slot, "NODE", target);
  };
}

describe.each(Object.entries(clustered))("%s", (_, connect) => {
  async function newStore(prefix = newPrefix()): Promise<SessionStore> {
    const { client, close } = await connect(cluster.url);
    onTestFinished(async () => void (await close()));
    return redisStore({ client, prefix });
  }

  test("B43: scripts that no node knows are sent to each", async () => {
    const store = await newStore();
    for (const { port } of cluster.nodes) await commandRedis(port, "SCRIPT", "FLUSH");
    const records = Array.from({ length: 30 }, () => recordAt(now, ada));
    for (const record of records) expect(await store.create(record, now)).toBe(true);
    expect((await listed(store, now, "ada")).toSorted()).toEqual(records.map(({ id }) => id).toSorted());
  });

  test("B43: a cluster's client follows a record and an index whose slots move", async () => {
    const prefix = newPrefix();
    const store = await newStore(prefix);
    let record = recordAt(now, ada);
    await store.create(record, now);
    const others = Array.from({ length: 20 }, () => recordAt(now + 1, ada));
    for (const other of others) await store.create(other, now);
    const ids = [record, ...others].map(({ id }) => id).toSorted();

    const use = async () => {
      expect(await store.read(keyOf(record), now)).toEqual(record);
      record = next(record, { body: `${record.version}` });
      expect(await store.replace(record, stamp(record.version - 1), now)).toBe(true);
      expect(await store.touch(keyOf(record), record, now, record.expiresAt, now)).toBe(true);
      expect(await store.create(record, now)).toBe(false);
      expect((await listed(store, now, "ada")).toSorted()).toEqual(ids);
      expect((await listed(store, now)).toSorted()).toEqual(ids);
      expect(await store.count!("session", now)).toBe(ids.length);
    };
    for (const key of [`${prefix}record:session:${record.id}`, `${prefix}user:session:ada`]) {
      const end = await moveSlotOf(key);
      await use();
      await end();
      await use();
    }
    await store.clear!("session");
    expect(await store.count!("session", now)).toBe(0);
  });

  test("one signal for many commands makes Node warn of nothing, and ends them all", async () => {
    const store = await newStore();
    const warnings: string[] = [];
    const warn = ({ message }: Error) => void warnings.push(message);
    process.on("warning", warn);
    onTestFinished(() => void process.off("warning", warn));
    const { signal } = new AbortController();
    await Promise.all(Array.from({ length: 40 }, () => store.create(recordAt(now, ada), now)));
    await store.list!("session", { limit: 100 }, now, { signal });
    await store.list!("session", { limit: 100, userId: "ada" }, now, { signal });
    await store.count!("session", now, { signal });
    const givenUp = { signal: AbortSignal.abort() };
    await expect(store.clear!("session", givenUp)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(await store.count!("session", now)).toBe(40);
    await store.clear!("session", { signal });
    expect(await store.count!("session", now)).toBe(0);
    expect(warnings).toEqual([]);
  });

  test("B52: clear takes the records of all nodes, and nothing else", async () => {
    const [store, other] = [await newStore(), await newStore()];
    for (let n = 0; n < 60; n++) {
      const namespace = n % 2 ? "session" : "kept";
      await store.create(recordAt(now, { ...ada, namespace, id: `{${n}}` }), now);
      await other.create(recordAt(now), now);
    }
    await store.clear!("session");
    expect([await store.count!("session", now), await store.count!("kept", now)]).toEqual([0, 30]);
    expect(await other.count!("session", now)).toBe(60);
  });
});

test("B52: clear takes records that move to a node it was done with", async () => {
  const client = createCluster({ rootNodes: nodesOf(cluster.url).map((socket) => ({ socket })) });
  onTestFinished(() => client.destroy());
  await client.on("error", () => undefined).connect();
  const prefix = newPrefix();
  const records = Array.from({ length: 30 }, () => recordAt(now));
  let scanned = 0;
  let moved = 0;
  const moveFromLastToFirst = async () => {
    for (const { id } of records) {
      const key = `${prefix}record:session:${id}`;
      if ((await commandRedis(cluster.nodes[2]!.port, "EXISTS", key).catch(() => 0)) !== 1) continue;
      await (await moveSlotOf(key))();
      moved++;
    }
  };
  const spied: NodeRedisCluster = {
    masters: cluster.nodes.map(({ port }) => client.masters.find((master) => master.port === port)),
    sendCommand: (key, isReadonly, command) => client.sendCommand(key, isReadonly, command),
    nodeClient: async (node) => {
      const master = await client.nodeClient(node);
      return {
        sendCommand: async (command) => {
          if (command[0] === "SCAN" && command[1] === "0" && ++scanned === 2) await moveFromLastToFirst();
          return master.sendCommand(command);
        },
      };
    },
  };
  const store = redisStore({ client: spied, prefix });
  for (const record of records) await store.create(record, now);
  await store.clear!("session");
  expect(moved).toBeGreaterThan(0);
  expect(await store.count!("session", now)).toBe(0);
});

/** Waits for a command's reply to hold something. */
const until = (ask: () => Promise<unknown>, wanted: RegExp) =>
  vi.waitFor(async () => expect(`${await ask()}`).toMatch(wanted), { timeout: 120_000 });

describe("with replicas", () => {
  let replica: OwnServer;
  beforeAll(async () => {
    const args = ["--cluster-enabled", "yes", "--cluster-node-timeout", "10000"];
    replica = await startRedisWith((port) => [...args, "--cluster-port", `${secondPort(port)}`]);
    const primary = cluster.nodes[0]!;
    const id = `${await commandRedis(primary.port, "CLUSTER", "MYID")}`;
    await commandRedis(replica.port, "CLUSTER", "MEET", "127.0.0.1", `${primary.port}`, `${secondPort(primary.port)}`);
    await until(() => commandRedis(replica.port, "CLUSTER", "REPLICATE", id), /OK/);
    await until(
      async () => JSON.stringify(await commandRedis(primary.port, "CLUSTER", "SLOTS")),
      new RegExp(`${replica.port}`),
    );
    await until(() => commandRedis(replica.port, "INFO", "replication"), /link_status:up/);
  });
  afterAll(() => replica.dispose());

  const replicaFirst: Readonly<Record<string, (url: string) => Promise<RedisClient>>> = {
    "node-redis 5": async (url) => {
      const client = createCluster5({ rootNodes: nodesOf(url).map((socket) => ({ socket })), useReplicas: true });
      onTestFinished(() => client.destroy());
      await client.on("error", () => undefined).connect();
      return client;
    },
    "node-redis 6": async (url) => {
      const client = createCluster({ rootNodes: nodesOf(url).map((socket) => ({ socket })), useReplicas: true });
      onTestFinished(() => client.destroy());
      await client.on("error", () => undefined).connect();
      return client;
    },
    "ioredis 5": async (url) => {
      const client = new Cluster5(nodesOf(url), { scaleReads: "slave" }).on("error", () => undefined);
      onTestFinished(() => client.disconnect());
      return client;
    },
    "ioredis 6": async (url) => {
      const client = new Cluster6(nodesOf(url), { scaleReads: "all" }).on("error", () => undefined);
      onTestFinished(() => client.disconnect());
      return client;
    },
  };

  test.each(Object.entries(replicaFirst))(
    "a client of %s that reads from them reads sessions from the primary",
    async (_, connect) => {
      const store = redisStore({ client: await connect(cluster.url), prefix: `${randomBytes(6).toString("hex")}:` });
      await commandRedis(replica.port, "CONFIG", "RESETSTAT");
      const records = Array.from({ length: 40 }, () => recordAt(now, ada));
      for (const record of records) {
        await store.create(record, now);
        expect(await store.read(keyOf(record), now)).toEqual(record);
        expect(await store.touch(keyOf(record), stamp(1), now, now + hour, now)).toBe(true);
      }
      expect(await listed(store, now, "ada", 7)).toHaveLength(40);
      expect(await listed(store, now, undefined, 15)).toHaveLength(40);
      expect(await commandRedis(replica.port, "INFO", "commandstats")).not.toMatch(
        /cmdstat_(hmget|zrange|scan|eval|evalsha):/,
      );
    },
  );
});
