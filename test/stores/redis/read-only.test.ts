import { createSessions, type Observer, SessionError } from "coatcheck";
import { redisStore } from "coatcheck/stores/redis";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { expect, onTestFinished, test } from "vitest";
import { freePort } from "../../support/servers/port.ts";
import { startRedis } from "../../support/servers/redis.ts";
import { commandRedis } from "../../support/servers/redis-command.ts";
import { service } from "../../support/service.ts";
import { patient } from "../../support/stores/stores.ts";

const redisUrl = await service("redis");

/** A server that becomes a replica; its connections stay open. */
async function demoted(): Promise<{ url: string; demote: () => Promise<unknown>; promote: () => Promise<unknown> }> {
  const server = await startRedis();
  onTestFinished(() => server.dispose());
  return {
    url: server.url,
    demote: async () => commandRedis(server.port, "REPLICAOF", "127.0.0.1", `${await freePort()}`),
    promote: () => commandRedis(server.port, "REPLICAOF", "NO", "ONE"),
  };
}

test.skipIf(redisUrl === undefined)(
  "ioredis with reconnectOnError connects again after READONLY, and nobody notices",
  async () => {
    const { url, demote, promote } = await demoted();
    let connections = 0;
    const client = new Redis(url, {
      reconnectOnError: (error) => (error.message.startsWith("READONLY") ? 2 : false),
    });
    client.on("connect", () => connections++);
    onTestFinished(() => client.disconnect());
    const sessions = createSessions({ store: redisStore({ client }), ...patient });
    await sessions.issue();
    expect(connections).toBe(1);
    await demote();
    const issuing = sessions.issue();
    await expect.poll(() => connections).toBeGreaterThan(1);
    await promote();
    await issuing;
  },
);

test.skipIf(redisUrl === undefined)(
  "node-redis connects again after READONLY by an observer, and the error names the cause",
  async () => {
    const { url, demote, promote } = await demoted();
    const client = await createClient({ url })
      .on("error", () => {})
      .connect();
    let connections = 1;
    const observer: Observer = (event) => {
      if (event.type !== "store-error" || !SessionError.is(event.error)) return;
      if (!String(event.error.cause).includes("READONLY") || !client.isReady) return;
      connections++;
      client.destroy();
      client.connect().catch(() => {});
    };
    onTestFinished(() => client.destroy());
    const sessions = createSessions({ ...patient, store: redisStore({ client }), observer });
    await sessions.issue();
    await demote();
    await expect(sessions.issue()).rejects.toThrow(/read-only replica.*reconnectOnError/);
    expect(connections).toBe(2);
    await promote();
    await sessions.issue();
  },
);
