import type { SessionStore } from "coatcheck";
import { redisStore } from "coatcheck/stores/redis";
import { expect, test } from "vitest";
import { ownTime } from "../../support/own-time.ts";
import { service } from "../../support/service.ts";
import { single } from "../../support/stores/redis/clients.ts";
import { keyOf, newPrefix, recordAt } from "../../support/stores/redis.ts";

const redisUrl = await service("redis");
const now = Date.now();

/** A read whose reply arrives while the process is busy for six seconds, and one after that. */
async function readsBesideLongWork(store: SessionStore): Promise<void> {
  const time = ownTime();
  const record = recordAt(now);
  await store.create(record, now);
  const before = store.read(keyOf(record), now);
  time.spend(6_000);
  const after = store.read(keyOf(record), now);
  expect(await Promise.all([before, after])).toEqual([record, record]);
}

test.skipIf(redisUrl === undefined)(
  "B114: a process that was busy for long keeps its connection to Redis, whose reply it has yet to read",
  async () => {
    const store = redisStore({ url: redisUrl!, prefix: newPrefix() });
    await readsBesideLongWork(store);
    await store.close?.();
  },
);

test.skipIf(redisUrl === undefined).each(Object.keys(single))(
  "B114: a process that was busy for long says nothing of %s, whose reply it has yet to read",
  async (name) => {
    const { client, close } = await single[name]!(redisUrl!);
    const store = redisStore({ client, prefix: newPrefix() });
    const told: string[] = [];
    store.onWarning?.((code) => told.push(code));
    await readsBesideLongWork(store);
    expect(told.filter((code) => code === "STALLED_CLIENT")).toEqual([]);
    await close();
  },
);
