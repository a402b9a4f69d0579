import { createSessions } from "coatcheck";
import { expect, onTestFinished, test } from "vitest";
import { fork } from "../support/processes/workers.ts";
import { describeStore, openAgain, patient, type StoreName, storeUnderTest } from "../support/stores/stores.ts";

const hour = 3_600_000;

// The other stores keep the time of the host that they run on.
const withServerClock = ["PostgreSQL", "MariaDB", "Redis", "Redis Cluster", "MongoDB"] as const satisfies StoreName[];

for (const name of withServerClock) {
  const subject = await storeUnderTest(name);
  describeStore(`B45: a server whose clock is wrong, ${name}`, subject, () => {
    test.for([
      ["one hour back", -hour],
      ["one day forward", 24 * hour],
    ] as const)("%s: ends no session, and its own do not live longer", async ([, shift]) => {
      const url = subject.url();
      const sessions = createSessions({
        ...patient,
        store: await openAgain(url),
        idleTimeout: "1h",
        absoluteTimeout: "2h",
      });
      onTestFinished(() => sessions.close());
      const { id: mine } = await sessions.issue({ data: { n: 1 } });
      const other = JSON.parse(await fork("clock-worker.ts", [url, String(shift)])) as { id: string; maxAge: number };
      expect(other.maxAge).toBeGreaterThan(0);
      expect(other.maxAge).toBeLessThanOrEqual(hour / 1000);
      expect(await sessions.find(mine)).toBeDefined();
      const theirs = await sessions.find(other.id);
      expect(Math.abs(Number(theirs?.expiresAt) - (Date.now() + hour))).toBeLessThan(600_000);
    });
  });
}
