import { createSessions, type SessionStore } from "coatcheck";
import { beforeAll, expect, it } from "vitest";
import { stamp } from "../../../src/testing/store/rule.ts";
import { multiplyRows } from "../../support/stores/content.ts";
import { metered } from "../../support/stores/effort.ts";
import { spyOn } from "../../support/stores/spy.ts";
import { describeStore, openAgain, patient, type StoreName, storeUnderTest } from "../../support/stores/stores.ts";

/** How many sessions others have, ten each. Fewer where it takes long to make them. */
const crowds: Readonly<Record<StoreName, number>> = {
  memory: 50_000,
  file: 3_000,
  SQLite: 100_000,
  PostgreSQL: 100_000,
  MariaDB: 100_000,
  Redis: 100_000,
  "Redis Cluster": 10_000,
  MongoDB: 10_000,
};

/** Ten sessions for each user. Databases that can multiply rows by themselves do so. */
async function fill(store: SessionStore, url: string, size: number): Promise<void> {
  const now = Date.now();
  const { id } = await createSessions({ ...patient, store, namespace: "model" }).issue();
  const { body = "" } = (await store.read({ namespace: "model", id }, now)) ?? {};
  await store.delete({ namespace: "model", id });
  const canMultiply = /^(postgres|mysql)/.test(url);
  const created = canMultiply ? 100 : size;
  let next = 0;
  const create = async () => {
    for (let n = next++; n < created; n = next++) {
      const id = `id-${String(n).padStart(15, "0")}`;
      const times = { createdAt: now + n, lastSeenAt: now, expiresAt: now + 3_600_000 };
      const userId = `user-${n % (created / 10)}`;
      await store.create({ namespace: "session", id, ...stamp(1), body, userId, ...times }, now);
    }
  };
  await Promise.all(Array.from({ length: 100 }, create));
  if (canMultiply) await multiplyRows(url, size / created);
}

for (const [name, crowd] of Object.entries(crowds) as [StoreName, number][]) {
  const subject = await storeUnderTest(name);
  describeStore(`${crowd} sessions of others in ${name}`, subject, () => {
    let url: string;
    let made: SessionStore;
    beforeAll(async () => {
      url = subject.url();
      made = await openAgain(url);
      await fill(made, url, crowd);
    });

    it("B53: to list, to limit and to end a user's sessions costs what that user has", async () => {
      const meter = await metered(name, url);
      const store = spyOn(meter?.store ?? made);
      const sessions = createSessions({ ...patient, store, maxSessionsPerUser: 5 });
      const ids: string[] = [];
      for (let n = 0; n < 5; n++) ids.push((await sessions.issue({ userId: "ann" })).id);
      const calls = () => store.calls.splice(0);
      calls();

      const { sessions: listed } = await sessions.list({ userId: "ann" });
      expect(listed.map(({ id }) => id).sort()).toEqual(ids.toSorted());
      expect(calls()).toEqual(["list"]);
      const { id } = await sessions.issue({ userId: "ann" });
      expect(calls()).toEqual(["create", "read", "list", "delete"]);
      expect(await sessions.revokeAll("ann", { except: id })).toBe(4);
      expect(calls()).toEqual(["read", "create", "list", ...Array(4).fill("delete")]);
      expect((await sessions.list({ userId: "ann" })).sessions).toHaveLength(1);
      if (!meter) return;
      // Some rows or commands for each of her sessions, and none for the others'.
      const effort = await meter.effort();
      expect(effort).toBeGreaterThan(6);
      expect(effort).toBeLessThan(200);
    });

    it("B53: ending one user's sessions among many ends no other user's", async () => {
      const sessions = createSessions({ ...patient, store: made });
      expect((await sessions.list({ userId: "user-7" })).sessions).toHaveLength(10);
      expect(await sessions.count()).toBe(crowd + 1);
    });
  });
}
