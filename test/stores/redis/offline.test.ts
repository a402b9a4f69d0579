import type { SessionStore } from "coatcheck";
import { redisStore } from "coatcheck/stores/redis";
import { describe, expect, onTestFinished, test } from "vitest";
import { stamp } from "../../../src/testing/store/rule.ts";
import type { Awaitable } from "../../../src/types/awaitable.ts";
import { proxied } from "../../support/proxy/proxied.ts";
import type { OwnServer } from "../../support/servers/own-server.ts";
import { freePort } from "../../support/servers/port.ts";
import { startRedis } from "../../support/servers/redis.ts";
import { commandRedis } from "../../support/servers/redis-command.ts";
import { single } from "../../support/stores/redis/clients.ts";
import { hour, keyOf, listed, next, recordAt } from "../../support/stores/redis.ts";

const now = Date.now();
const unavailable = expect.objectContaining({ code: "STORE_UNAVAILABLE" });

async function ownServer(): Promise<OwnServer> {
  const server = await startRedis();
  onTestFinished(() => server.dispose());
  return server;
}

async function storeOn(url: string, name: string): Promise<SessionStore> {
  const { client, close } = await single[name]!(url);
  onTestFinished(async () => void (await close()));
  return redisStore({ client });
}

/** Resolves when the store answers again. */
const untilBack = (store: SessionStore) =>
  expect
    .poll(() => Promise.resolve(store.read({ namespace: "session", id: "none" }, now)).catch(String))
    .toBe(undefined);

describe.each(Object.keys(single))("B40 B43: %s without a connection", (name) => {
  test("what was given up before it was sent is not done later; what was not is", async () => {
    const proxy = await proxied((await ownServer()).url);
    const store = await storeOn(proxy.url, name);
    const record = recordAt(now, { userId: "ada" });
    await store.create(record, now);
    proxy.refuse();
    proxy.cut();
    await expect(store.read(keyOf(record), now, { signal: AbortSignal.timeout(300) }), "notices").rejects.toThrow();

    const late = [recordAt(now), recordAt(now, { userId: "ada" })];
    const patient = recordAt(now, { userId: "eve" });
    const givingUp = new AbortController();
    const call = { signal: givingUp.signal };
    const attempts = [
      ...late.map((record) => store.create(record, now, call)),
      store.replace(next(record), stamp(1), now, call),
      store.touch(keyOf(record), stamp(1), now, now + 2 * hour, now, call),
      store.delete(keyOf(record), call),
    ];
    const outcomes = Promise.allSettled(attempts);
    const waiting = store.create(patient, now);
    givingUp.abort(new Error("too late"));
    for (const outcome of await outcomes) expect(outcome).toEqual({ status: "rejected", reason: unavailable });
    await expect(store.delete(keyOf(record), call)).rejects.toEqual(unavailable);

    await proxy.accept();
    expect(await waiting).toBe(true);
    expect(await store.read(keyOf(record), now)).toEqual(record);
    expect((await listed(store, now)).toSorted()).toEqual([record.id, patient.id].toSorted());
    expect(await listed(store, now, "ada")).toEqual([record.id]);
  });

  test("B40 B43: a client recovers when its connections are cut", async () => {
    const server = await ownServer();
    const store = await storeOn(server.url, name);
    const record = recordAt(now, { userId: "ada" });
    await store.create(record, now);
    for (let round = 0; round < 3; round++) {
      await commandRedis(server.port, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      await untilBack(store);
      expect(await store.read(keyOf(record), now)).toEqual(record);
    }
  });
});

describe.each(["ioredis 5", "ioredis 6"])("B40: %s sends a command again whose reply was lost", (name) => {
  test("B40: a command whose reply was lost is sent again, and every write is done once", async () => {
    const server = await ownServer();
    const proxy = await proxied(server.url);
    const store = await storeOn(proxy.url, name);
    const lost = async <T>(match: string, write: () => Awaitable<T>): Promise<T> => {
      const struck = proxy.once({ kind: "after" }, { match });
      const result = await write();
      await struck;
      await untilBack(store);
      return result;
    };
    // So that the scripts are there and nothing is sent as EVAL.
    const other = recordAt(now);
    await store.create(other, now);
    await store.replace(next(other), stamp(1), now);
    await store.touch(keyOf(other), stamp(2), now, now + hour, now);
    await store.delete(keyOf(other));

    const record = recordAt(now, { body: "first" });
    expect(await lost("first", () => store.create(record, now)), "its own record").toBe(true);
    expect(await store.create(record, now), "somebody else's").toBe(false);
    const second = next(record, { body: "second" });
    expect(await lost("second", () => store.replace(second, stamp(1), now)), "sees its own version").toBe(false);
    expect(await store.read(keyOf(record), now)).toEqual(second);
    expect(await lost("evalsha", () => store.touch(keyOf(record), stamp(2), now, now + 2 * hour, now))).toBe(true);
    expect(await lost("evalsha", () => store.delete(keyOf(record))), "it is gone").toBe(false);
    expect(await store.read(keyOf(record), now)).toBeUndefined();

    const signedIn = recordAt(now, { userId: "ada", body: "third" });
    expect(await lost("user:session:ada", () => store.create(signedIn, now))).toBe(true);
    expect(await listed(store, now, "ada")).toEqual([signedIn.id]);
  });
});

describe.each(["node-redis 5", "node-redis 6"])("B40: %s loses the reply", (name) => {
  test("B40: a write whose reply was lost has an unknown outcome, which is not a refusal", async () => {
    const server = await ownServer();
    const proxy = await proxied(server.url);
    const store = await storeOn(proxy.url, name);
    await store.create(recordAt(now), now);
    const record = recordAt(now, { body: "first" });
    const struck = proxy.once({ kind: "after" }, { match: "first" });
    const error = await Promise.resolve(store.create(record, now)).catch((error: unknown) => error);
    await struck;
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toEqual(unavailable);
    await untilBack(store);
    expect(await store.read(keyOf(record), now)).toEqual(record);
  });
});

test("a client of node-redis that is not connected says what is wrong", async () => {
  const { createClient } = await import("redis");
  const client = createClient({ url: `redis://127.0.0.1:${await freePort()}` });
  await expect(redisStore({ client }).read(keyOf(recordAt(now)), now)).rejects.toMatchObject({
    code: "STORE_UNAVAILABLE",
    message: expect.stringContaining("The client is closed"),
  });
});

test("clients that fail at once when asked to, do", async () => {
  const { createClient } = await import("redis");
  const { Redis } = await import("ioredis");
  const server = await ownServer();
  const client = await createClient({ url: server.url, disableOfflineQueue: true })
    .on("error", () => undefined)
    .connect();
  const lazy = new Redis(server.url, { lazyConnect: true }).on("error", () => undefined);
  onTestFinished(() => {
    client.destroy();
    lazy.disconnect();
  });
  const [store, other] = [redisStore({ client }), redisStore({ client: lazy })];
  const record = recordAt(now);
  expect(await other.create(record, now), "connects on first use").toBe(true);
  expect(await store.read(keyOf(record), now)).toEqual(record);
  lazy.disconnect();
  await expect
    .poll(() => Promise.resolve(other.read(keyOf(record), now)).catch(({ code }) => code))
    .toBe("STORE_UNAVAILABLE");
  await server.stop();
  await expect
    .poll(() => Promise.resolve(store.read(keyOf(record), now)).catch(({ code }) => code))
    .toBe("STORE_UNAVAILABLE");
});
