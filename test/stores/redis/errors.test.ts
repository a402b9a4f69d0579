import type { SessionStore } from "coatcheck";
import { redisStore } from "coatcheck/stores/redis";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { commandFailure, replyCode } from "../../../src/stores/redis/errors.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import type { OwnServer } from "../../support/servers/own-server.ts";
import { freePort } from "../../support/servers/port.ts";
import { startRedis } from "../../support/servers/redis.ts";
import { commandRedis } from "../../support/servers/redis-command.ts";
import { service } from "../../support/service.ts";
import { single } from "../../support/stores/redis/clients.ts";
import { hour, keyOf, listed, newPrefix, next, recordAt } from "../../support/stores/redis.ts";

const redisUrl = await service("redis");

const now = Date.now();

async function storeOn(url: string, name: string): Promise<SessionStore> {
  const { client, close } = await single[name]!(url);
  onTestFinished(async () => void (await close()));
  return redisStore({ client, prefix: newPrefix() });
}

describe.each(["node-redis 5", "node-redis 6", "ioredis 5", "ioredis 6"])(
  "B43: what a server refuses, by %s",
  (name) => {
    let server: OwnServer;
    const command = (...words: string[]) => commandRedis(server.port, ...words);
    beforeAll(async () => {
      server = await startRedis();
    });
    afterAll(() => server.dispose());

    /** Everything that writes is refused with the sentence, and the record stays as it is. */
    async function expectRefusal(store: SessionStore, advice: RegExp, refuse: () => Promise<unknown>): Promise<void> {
      const record = recordAt(now, { userId: "ada" });
      await store.create(record, now);
      const release = await refuse();
      const refused = { code: "STORE_UNAVAILABLE", status: 503, message: expect.stringMatching(advice) };
      const [anonymous, signedIn] = [recordAt(now), recordAt(now, { userId: "ada" })];
      await expect(store.create(anonymous, now)).rejects.toMatchObject(refused);
      await expect(store.create(signedIn, now)).rejects.toMatchObject(refused);
      await expect(store.replace(next(record), stamp(1), now)).rejects.toMatchObject(refused);
      await expect(store.touch(keyOf(record), stamp(1), now, now + hour, now)).rejects.toMatchObject(refused);
      if (typeof release === "function") await release();
      expect(await store.read(keyOf(record), now)).toEqual(record);
      expect(await listed(store, now)).toEqual([record.id]);
      expect(await store.replace(next(record), stamp(1), now), "afterwards").toBe(true);
    }

    test("out of memory: signing out still works", async () => {
      const store = await storeOn(server.url, name);
      const leaving = recordAt(now, { userId: "eve" });
      await store.create(leaving, now);
      await expectRefusal(store, /maxmemory/, async () => {
        await command("CONFIG", "SET", "maxmemory", "1");
        expect(await store.read(keyOf(leaving), now)).toEqual(leaving);
        expect(await store.delete(keyOf(leaving))).toBe(true);
        expect(await listed(store, now, "eve")).toEqual([]);
        return () => command("CONFIG", "SET", "maxmemory", "0");
      });
    });

    test("a replica", async () => {
      const store = await storeOn(server.url, name);
      await expectRefusal(store, /point the client at the primary/, async () => {
        await command("REPLICAOF", "127.0.0.1", `${await freePort()}`);
        return () => command("REPLICAOF", "NO", "ONE");
      });
    });

    test("a replica without its primary that does not serve old data", async () => {
      const store = await storeOn(server.url, name);
      await expectRefusal(store, /point the client at the primary/, async () => {
        await command("CONFIG", "SET", "replica-serve-stale-data", "no");
        await command("REPLICAOF", "127.0.0.1", `${await freePort()}`);
        return () => command("REPLICAOF", "NO", "ONE");
      });
    });

    test("B43: a write with too few replicas is refused", async () => {
      const store = await storeOn(server.url, name);
      await expectRefusal(store, /min-replicas-to-write/, async () => {
        await command("CONFIG", "SET", "min-replicas-to-write", "1");
        return () => command("CONFIG", "SET", "min-replicas-to-write", "0");
      });
    });

    test("a foreign script that does not end", async () => {
      const store = await storeOn(server.url, name);
      await expectRefusal(store, /SCRIPT KILL/, async () => {
        await command("CONFIG", "SET", "busy-reply-threshold", "1");
        const endless = command("EVAL", "while true do end", "0").catch(() => undefined);
        await expect.poll(() => command("PING").catch(String)).toMatch(/BUSY/);
        return async () => {
          await command("SCRIPT", "KILL");
          await endless;
        };
      });
    });

    test("a missing permission", async () => {
      const store = await storeOn(server.url, name);
      await expectRefusal(store, /ACL/, async () => {
        await command("ACL", "SETUSER", "default", "-evalsha", "-set");
        return () => command("ACL", "SETUSER", "default", "+evalsha", "+set");
      });
    });

    test("a script that the server has forgotten is sent again, also in the middle of SCRIPT FLUSH", async () => {
      const store = await storeOn(server.url, name);
      let isOver = false;
      const flush = async () => {
        while (!isOver) await command("SCRIPT", "FLUSH");
      };
      const flushing = flush();
      const records = Array.from({ length: 40 }, () => recordAt(now, { userId: "ada" }));
      await Promise.all(
        records.map(async (record) => {
          expect(await store.create(record, now)).toBe(true);
          for (let version = 1; version < 10; version++) {
            expect(await store.replace({ ...record, ...stamp(version + 1) }, stamp(version), now)).toBe(true);
            expect(await store.touch(keyOf(record), stamp(version + 1), now, now + hour, now)).toBe(true);
          }
          expect(await store.delete(keyOf(record))).toBe(true);
        }),
      );
      isOver = true;
      await flushing;
      expect(await store.count!("session", now)).toBe(0);
    });
  },
);

test.skipIf(redisUrl === undefined).each(Object.keys(single))("an unknown script, by %s", async (name) => {
  await using server = await startRedis();
  const store = await storeOn(server.url, name);
  const record = recordAt(now, { userId: "ada" });
  expect(await store.create(record, now)).toBe(true);
  expect(await store.replace(next(record), stamp(1), now)).toBe(true);
  expect(await store.delete(keyOf(record))).toBe(true);
});

describe("errors of a script as they were before Redis 7", () => {
  const wrapped = (text: string) => `ERR Error running script (call to f_59ef): @user_script:7: ${text}`;
  test.each([
    ["@user_script: 7: -OOM command not allowed when used memory > 'maxmemory'.", "OOM"],
    ["-READONLY You can't write against a read only replica.", "READONLY"],
    ["WRONGTYPE Operation against a key holding the wrong kind of value", "WRONGTYPE"],
    ["@user_script: 7: -MISCONF Redis is configured to save RDB snapshots", "MISCONF"],
  ])("%s", (text, code) => {
    expect(replyCode(new Error(wrapped(text)))).toBe(code);
    expect(commandFailure(new Error(wrapped(text)))).toMatchObject({ code: "STORE_UNAVAILABLE" });
  });

  test("what is no refusal stays what it is", () => {
    for (const text of [
      "ERR Error running script (call to f_1): oops",
      "ERR unknown",
      "read ECONNRESET",
      "",
      "OOMph",
    ]) {
      const error = new Error(text);
      expect(commandFailure(error)).toBe(error);
    }
  });
});
