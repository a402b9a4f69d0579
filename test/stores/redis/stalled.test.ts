import { redisStore } from "coatcheck/stores/redis";
import { expect, test } from "vitest";
import { ownTime } from "../../support/own-time.ts";
import { service } from "../../support/service.ts";
import { single } from "../../support/stores/redis/clients.ts";
import { keyOf, newPrefix, recordAt } from "../../support/stores/redis.ts";

const redisUrl = await service("redis");
const now = Date.now();

test.skipIf(redisUrl === undefined)(
  "B114: a process that was busy for long keeps its connection to Redis, whose reply it has yet to read",
  async () => {
    const time = ownTime();
    const store = redisStore({ url: redisUrl!, prefix: newPrefix() });
    const record = recordAt(now);
    await store.create(record, now);
    const before = store.read(keyOf(record), now);
    time.spend(6_000);
    const after = store.read(keyOf(record), now);
    expect(await Promise.all([before, after])).toEqual([record, record]);
    await store.close?.();
  },
);

test.skipIf(redisUrl === undefined).each(Object.keys(single))(
  "B114: a process that was busy for long says nothing of %s, whose reply it has yet to read",
  async (name) => {
    const time = ownTime();
    const { client, close } = await single[name]!(redisUrl!);
    const store = redisStore({ client, prefix: newPrefix() });
    const told: string[] = [];
    store.onWarning?.((code) => told.push(code));
    const record = recordAt(now);
    await store.create(record, now);
    const before = store.read(keyOf(record), now);
    time.spend(6_000);
    const after = store.read(keyOf(record), now);
    expect(await Promise.all([before, after])).toEqual([record, record]);
    expect(told.filter((code) => code === "STALLED_CLIENT")).toEqual([]);
    await close();
  },
);
