import { createSessions, type SessionEvent } from "coatcheck";
import { redisStore } from "coatcheck/stores/redis";
import { describe, expect, onTestFinished, test } from "vitest";
import { evictionWarning } from "../../../src/stores/redis/eviction.ts";
import { startRedis } from "../../support/servers/redis.ts";
import { service } from "../../support/service.ts";
import { connectRaw, hour, keyOf, listed, newPlace, recordAt } from "../../support/stores/redis.ts";

const redisUrl = await service("redis");

const now = Date.now();

/** A server that evicts by this policy once it is full. */
async function serverWith(policy: string): Promise<string> {
  const server = await startRedis({ args: ["--maxmemory", "6mb", "--maxmemory-policy", policy] });
  onTestFinished(() => server.dispose());
  return server.url;
}

describe.skipIf(redisUrl === undefined)("B94: a server whose memory is full", () => {
  test.each(["volatile-ttl", "volatile-lru", "volatile-random"])(
    "B94: a full Redis server that evicts by %s keeps every user's list complete",
    async (policy) => {
      const { store, raw } = await newPlace("full:", await serverWith(policy));
      const records = Array.from({ length: 300 }, (_, n) =>
        recordAt(now, { userId: `user ${n}`, body: "x".repeat(2_000) }),
      );
      for (const record of records) await store.create(record, now);
      const evicted = async () => Number(/evicted_keys:(\d+)/.exec(await raw.info("stats"))?.[1]);
      // As long-lived as the records, so that every policy takes both.
      while ((await evicted()) < 1_500) {
        await Promise.all(
          Array.from({ length: 100 }, () =>
            store.create(recordAt(now, { body: "x".repeat(2_000), expiresAt: now + hour }), now),
          ),
        );
      }
      let kept = 0;
      for (const record of records) {
        const isThere = (await store.read(keyOf(record), now)) !== undefined;
        kept += Number(isThere);
        expect(await listed(store, now, record.userId)).toEqual(isThere ? [record.id] : []);
      }
      expect(kept).toBeLessThan(records.length);
    },
  );

  test.each(["allkeys-lru", "allkeys-random"])(
    "B94: a full Redis server that evicts by %s is reported once, at the start",
    async (policy) => {
      const told: SessionEvent[] = [];
      const client = await connectRaw(await serverWith(policy));
      const store = redisStore({ client });
      const sessions = createSessions({
        store,
        observer: (event) => void (event.type === "warning" && told.push(event)),
      });
      await sessions.issue();
      await sessions.issue({ userId: "ada" });
      await store.setup?.();
      expect(told).toEqual([expect.objectContaining({ code: "EVICTION_POLICY" })]);
      expect((told[0] as { message: string }).message).toContain(`maxmemory-policy ${policy}`);
    },
  );

  test("B94: a full Redis server is not reported where nothing is evicted, or where the user may not ask", async () => {
    const url = new URL(await serverWith("allkeys-lru"));
    const admin = await connectRaw(url.href);
    await admin.sendCommand(["ACL", "SETUSER", "shop", "on", ">secret", "~*", "+@all", "-info"]);
    url.username = "shop";
    url.password = "secret";
    for (const server of [url.href, await serverWith("noeviction"), await serverWith("volatile-ttl")]) {
      const store = redisStore({ client: await connectRaw(server) });
      store.onWarning?.((_, message) => expect.fail(message));
      expect(Math.abs(((await store.time?.()) ?? 0) - Date.now())).toBeLessThan(hour);
    }
  });
});

test("a server without a limit evicts nothing", () => {
  expect(evictionWarning("# Memory\r\nmaxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n")).toBeUndefined();
  expect(evictionWarning("")).toBeUndefined();
});
