import { createSessions } from "coatcheck";
import type { BreakerChange } from "coatcheck/resilience";
import { openStore } from "coatcheck/stores/open";
import { describe, expect, onTestFinished, test } from "vitest";
import { breakerOn } from "../../src/operations/resilience/breaker.ts";
import { Browser } from "../support/browser/visitor.ts";
import type { OwnServer } from "../support/servers/own-server.ts";
import { startPostgres } from "../support/servers/postgres.ts";
import { startRedis } from "../support/servers/redis.ts";
import { spyOn } from "../support/stores/spy.ts";

/** A store on a server, behind a breaker whose clock the test sets. */
async function guarded(server: OwnServer) {
  const changes: BreakerChange[] = [];
  const host = { time: 0, now: () => host.time, random: () => 0 };
  const inner = spyOn(await openStore(server.url));
  const onChange = (change: BreakerChange) => changes.push(change);
  const store = breakerOn(host, inner, { retryAfter: "1h", onChange });
  const observer = () => undefined;
  const options = { storeTimeout: "500ms", commitTimeout: "1s", pruneInterval: false, observer } as const;
  const sessions = createSessions<{ n: number }>({ store, ...options });
  onTestFinished(() => sessions.close());
  return { browser: new Browser(sessions), sent: inner.calls, host, state: () => changes.at(-1)?.state };
}

describe.each([
  ["Redis", startRedis],
  ["PostgreSQL", startPostgres],
])("breaker() before %s", (_, start) => {
  test.each(["stopped", "frozen"])(
    "B177: a server that is %s costs a few time-outs and then none, and is used again once it is back",
    async (how) => {
      const server = await start();
      onTestFinished(() => server.dispose());
      const { browser, sent, host, state } = await guarded(server);
      const write = async (n: number) => (await browser.visit((session) => session.set("n", n))).status;
      /** An hour later: a slow machine may have opened the breaker before. */
      const later = <T>(work: () => Promise<T>): Promise<T> => {
        host.time += 3_600_000;
        return work();
      };
      await expect.poll(() => later(() => write(1))).toBe(200);
      if (how === "stopped") await server.stop();
      else await server.freeze();
      await expect.poll(async () => [await write(2), state()]).toEqual([503, "open"]);
      const before = sent.length;
      const visits = await Promise.all(
        Array.from({ length: 50 }, () => browser.copy().visit((session) => session.get("n"))),
      );
      expect(visits.map(({ status }) => status)).toEqual(Array(50).fill(503));
      expect(sent.length).toBe(before);
      if (how === "stopped") await server.restart();
      else await server.thaw();
      // Each try comes an hour later, until the client has a connection again.
      await expect.poll(() => later(async () => [await write(3), state()])).toEqual([200, "closed"]);
      const read = async () => (await browser.visit((session) => session.get("n"))).result;
      await expect.poll(() => later(read)).toBe(3);
    },
  );
});
