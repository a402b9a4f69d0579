import { createClient } from "redis";
import { describe, expect, onTestFinished, test } from "vitest";
import { Browser } from "../_browser.ts";
import { freePort } from "../_servers/port.ts";
import { startRedis } from "../_servers/redis.ts";
import { startRedisCluster } from "../_servers/redis-cluster.ts";
import { commandRedis } from "../_servers/redis-command.ts";
import { Counter } from "./_counter.ts";
import { networkFaults, open, restartFaults } from "./_suite.ts";

networkFaults("Redis", startRedis);
restartFaults("Redis", startRedis);

const ownRedis = async (args: readonly string[] = []) => {
  const server = await startRedis({ args });
  onTestFinished(() => server.dispose());
  return server;
};

describe("a Redis server in trouble", () => {
  test("B43: SCRIPT FLUSH under load loses nothing and fails nobody", async () => {
    const server = await ownRedis();
    const { sessions } = await open(server.url, { storeTimeout: "2s", commitTimeout: "10s" });
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
    const { sessions } = await open(server.url, { storeTimeout: "2s" });
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
    const { sessions } = await open(server.url, { storeTimeout: "2s" });
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
    const { sessions } = await open(cluster.url, { storeTimeout: "2s", commitTimeout: "10s" });
    const counters = await Promise.all(Array.from({ length: 30 }, () => Counter.start(sessions)));
    let isOver = false;
    const load = Promise.all(counters.map((counter) => counter.addWhile(() => !isOver, 1)));
    // Every node gives some hundred slots to the next one, so that many of these sessions move.
    for (const [index, from] of cluster.nodes.entries()) {
      const to = cluster.nodes[(index + 1) % cluster.nodes.length]!;
      await moveSlots(from.port, to.port, 150);
    }
    isOver = true;
    await load;
    for (const counter of counters) {
      expect(counter.acknowledged).toBeGreaterThan(0);
      await counter.check();
    }
    expect(counters.reduce((sum, { unknown, refused }) => sum + unknown + refused, 0)).toBe(0);
  });
});

/** What `redis-cli --cluster reshard` does. */
async function moveSlots(from: number, to: number, count: number): Promise<void> {
  const [source, target] = await Promise.all(
    [from, to].map(async (port) => `${await commandRedis(port, "CLUSTER", "MYID")}`),
  );
  const slots = await slotsOf(from);
  for (const slot of slots.slice(0, count)) {
    await commandRedis(to, "CLUSTER", "SETSLOT", `${slot}`, "IMPORTING", source!);
    await commandRedis(from, "CLUSTER", "SETSLOT", `${slot}`, "MIGRATING", target!);
    for (;;) {
      const keys = (await commandRedis(from, "CLUSTER", "GETKEYSINSLOT", `${slot}`, "100")) as string[];
      if (keys.length === 0) break;
      await commandRedis(from, "MIGRATE", "127.0.0.1", `${to}`, "", "0", "5000", "KEYS", ...keys);
    }
    await commandRedis(to, "CLUSTER", "SETSLOT", `${slot}`, "NODE", target!);
    await commandRedis(from, "CLUSTER", "SETSLOT", `${slot}`, "NODE", target!);
  }
}

async function slotsOf(port: number): Promise<number[]> {
  const lines = `${await commandRedis(port, "CLUSTER", "NODES")}`.split("\n");
  const own =
    lines
      .find((line) => line.includes("myself"))
      ?.trim()
      .split(" ")
      .slice(8) ?? [];
  return own
    .filter((range) => !range.startsWith("["))
    .flatMap((range) => {
      const [first = 0, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
}
