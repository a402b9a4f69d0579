import { createClient } from "redis";
import { describe, expect, onTestFinished, test } from "vitest";
import { Browser } from "../support/browser/visitor.ts";
import { Counter } from "../support/faults/counter.ts";
import { networkFaults, open, restartFaults } from "../support/faults/suite.ts";
import { freePort } from "../support/servers/port.ts";
import { startRedis } from "../support/servers/redis.ts";
import { startRedisCluster } from "../support/servers/redis-cluster.ts";
import { commandRedis } from "../support/servers/redis-command.ts";
import { patient } from "../support/stores/stores.ts";

networkFaults("Redis", startRedis);
restartFaults("Redis", startRedis);

const ownRedis = async (args: readonly string[] = []) => {
  const server = await startRedis({ args });
  onTestFinished(() => server.dispose());
  return server;
};

describe("a Redis server in trouble", () => {
  test("B43: SCRIPT FLUSH under load loses nothing and fails no request", async () => {
    const server = await ownRedis();
    const { sessions } = await open(server.url, patient);
    const counter = await Counter.start(sessions);
    let isOver = false;
    const load = counter.addWhile(() => !isOver);
    for (let flush = 0; flush < 100; flush++) {
      await commandRedis(server.port, "SCRIPT", "FLUSH");
      const before = counter.acknowledged;
      await expect.poll(() => counter.acknowledged, { interval: 1 }).toBeGreaterThan(before);
    }
    isOver = true;
    await load;
    expect([counter.unknown, counter.refused]).toEqual([0, 0]);
    await counter.check();
  });

  test("B43: a replica that refuses writes is an error that says so, and reading goes on", async () => {
    const server = await ownRedis();
    const { sessions } = await open(server.url, patient);
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("n", 1));
    // Of a primary that is out of reach, so that its data stays as it is.
    await commandRedis(server.port, "REPLICAOF", "127.0.0.1", `${await freePort()}`);
    const refused = await browser.visit((session) => session.set("n", 2));
    expect([refused.status, refused.setCookies]).toEqual([503, []]);
    expect((await browser.visit((session) => session.get("n"))).result).toBe(1);
    await expect(browser.visit((session) => session.destroy()).then(({ status }) => status)).resolves.toBe(503);
    await commandRedis(server.port, "REPLICAOF", "NO", "ONE");
    await expect.poll(async () => (await browser.visit((session) => session.set("n", 3))).status).toBe(200);
    expect((await browser.visit((session) => session.get("n"))).result).toBe(3);
  });

  test("B43: a server that is full refuses what needs room, keeps what it has, and lets visitors sign out", async () => {
    const server = await ownRedis(["--maxmemory", "4mb", "--maxmemory-policy", "noeviction"]);
    const { sessions } = await open(server.url, patient);
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("n", 1));
    const client = createClient({ url: server.url });
    await client.connect();
    onTestFinished(() => client.close());
    for (let n = 0; n < 100_000; n++) {
      const isFull = await client.set(`filler:${n}`, "x".repeat(10_000)).then(
        () => false,
        () => true,
      );
      if (isFull) break;
    }
    const refused = await browser.visit((session) => session.set("n", 2));
    expect([refused.status, refused.setCookies]).toEqual([503, []]);
    expect((await browser.visit((session) => session.get("n"))).result).toBe(1);
    expect((await browser.visit((session) => session.destroy())).status).toBe(200);
    expect(await sessions.count()).toBe(0);
    await commandRedis(server.port, "CONFIG", "SET", "maxmemory", "0");
    expect((await browser.visit((session) => session.set("n", 3))).status).toBe(200);
  });
});

describe("a Redis Cluster in motion", () => {
  test("B43: sessions are written while their slots move from node to node", async () => {
    const cluster = await startRedisCluster();
    onTestFinished(() => cluster.dispose());
    const { sessions } = await open(cluster.url, patient);
    const counters = await Promise.all(Array.from({ length: 30 }, () => Counter.start(sessions)));
    let isOver = false;
    const load = Promise.all(counters.map((counter) => counter.addWhile(() => !isOver, 1)));
    const nodes = await Promise.all(cluster.nodes.map(({ url, port }) => connectNode(url, port)));
    let moved = 0;
    for (let round = 0; round < 3; round++) {
      for (const [index, from] of nodes.entries())
        moved += await moveSessions(from, nodes[(index + 1) % nodes.length]!);
    }
    expect(moved).toBeGreaterThan(60);
    isOver = true;
    await load;
    for (const counter of counters) {
      expect(counter.acknowledged).toBeGreaterThan(0);
      await counter.check();
    }
    expect(counters.reduce((sum, { unknown, refused }) => sum + unknown + refused, 0)).toBe(0);
  });
});

interface Node {
  readonly port: number;
  readonly id: string;
  ask(...command: string[]): Promise<unknown>;
}

async function connectNode(url: string, port: number): Promise<Node> {
  const client = createClient({ url });
  client.on("error", () => {});
  await client.connect();
  onTestFinished(() => client.destroy());
  const ask = (...command: string[]) => client.sendCommand(command);
  return { port, ask, id: String(await ask("CLUSTER", "MYID")) };
}

/** Gives every slot of a node that has sessions to another node, as `redis-cli --cluster reshard` does. How many went. */
async function moveSessions(from: Node, to: Node): Promise<number> {
  const keys = (await from.ask("KEYS", "*")) as string[];
  const slots = new Set(await Promise.all(keys.map(async (key) => String(await from.ask("CLUSTER", "KEYSLOT", key)))));
  for (const slot of slots) {
    await to.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", from.id);
    await from.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", to.id);
    for (;;) {
      const left = (await from.ask("CLUSTER", "GETKEYSINSLOT", slot, "100")) as string[];
      if (left.length === 0) break;
      await from.ask("MIGRATE", "127.0.0.1", String(to.port), "", "0", "60000", "KEYS", ...left);
    }
    await to.ask("CLUSTER", "SETSLOT", slot, "NODE", to.id);
    await from.ask("CLUSTER", "SETSLOT", slot, "NODE", to.id);
  }
  return slots.size;
}
