import type { StoreCall, StoredRecord } from "coatcheck";
import { type RedisClient, redisStore } from "coatcheck/stores/redis";
import fc from "fast-check";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { adaptClient } from "../../../src/stores/redis/clients/detect.ts";
import { createConnection } from "../../../src/stores/redis/connection.ts";
import { recordStore } from "../../../src/stores/redis/store.ts";
import { storeWarnings } from "../../../src/stores/shared/warnings.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import { startRedis } from "../../support/servers/redis.ts";
import { service } from "../../support/service.ts";
import {
  connectRaw,
  hour,
  keyOf,
  listed,
  minute,
  newId,
  newPlace,
  newPrefix,
  next,
  type Place,
  recordAt,
} from "../../support/stores/redis.ts";

const redisUrl = await service("redis");

const now = Date.now();
const ada = { userId: "ada" };

const indexOf = ({ prefix }: Place, userId = "ada"): string => `${prefix}user:session:${userId}`;

const entriesOf = (place: Place): Promise<string[]> => place.raw.zRange(indexOf(place), 0, -1);

/** How many commands the store sent for something; it sends one after the other, so these are round trips. */
async function roundTrips({ client }: Place, run: () => unknown): Promise<number> {
  client.sent.length = 0;
  await run();
  return client.sent.length;
}

describe.skipIf(redisUrl === undefined)("round trips", () => {
  test("read, create, replace, touch and delete cost one round trip each", async () => {
    const place = await newPlace();
    const { store } = place;
    await store.delete(keyOf((await warm(place)).record));
    const record = recordAt(now);
    expect(await roundTrips(place, () => store.create(record, now))).toBe(1);
    expect(await roundTrips(place, () => store.read(keyOf(record), now))).toBe(1);
    expect(await roundTrips(place, () => store.replace(next(record), stamp(1), now))).toBe(1);
    expect(await roundTrips(place, () => store.touch(keyOf(record), stamp(2), now, now + 2 * hour, now))).toBe(1);
    expect(await roundTrips(place, () => store.delete(keyOf(record)))).toBe(1);
  });

  test("operations on a signed-in session cost one round trip each", async () => {
    const place = await newPlace();
    const { store } = place;
    const { record } = await warm(place);
    const replaced = next(record, { expiresAt: now + hour + 30 * minute });
    expect(await roundTrips(place, () => store.read(keyOf(record), now))).toBe(1);
    expect(await roundTrips(place, () => store.replace(replaced, stamp(1), now))).toBe(1);
    const anew = next(next(record));
    expect(await roundTrips(place, () => store.replace(anew, stamp(2), now)), "not read before").toBe(1);
    expect(await roundTrips(place, () => store.touch(keyOf(record), stamp(3), now, now + 2 * hour, now))).toBe(1);
  });

  test("a change of the user costs one round trip more", async () => {
    const place = await newPlace();
    const { store } = place;
    await warm(place);
    const [anonymous, signedIn] = [recordAt(now), recordAt(now, ada)];
    expect(await roundTrips(place, () => store.create(signedIn, now)), "create").toBe(2);
    await store.create(anonymous, now);
    await store.read(keyOf(anonymous), now);
    const login = next(anonymous, ada);
    expect(await roundTrips(place, () => store.replace(login, stamp(1), now)), "login").toBe(2);
    await store.read(keyOf(login), now);
    const other = next(login, { userId: "bob" });
    expect(await roundTrips(place, () => store.replace(other, stamp(2), now)), "another user").toBe(2);
    const nobody = next(other, { userId: undefined });
    expect(await roundTrips(place, () => store.replace(nobody, stamp(3), now)), "no user").toBe(1);
    expect(await roundTrips(place, () => store.delete(keyOf(signedIn))), "delete").toBe(2);
  });

  test("a login on a session that this process did not read, or that was used for an hour, costs two round trips more", async () => {
    const place = await newPlace();
    const { store } = place;
    const { record } = await warm(place);
    const anonymous = recordAt(now);
    await store.create(anonymous, now);
    expect(await roundTrips(place, () => store.replace(next(anonymous, ada), stamp(1), now))).toBe(3);
    let trips = 0;
    for (let at = now + minute; at <= now + 24 * hour; at += minute) {
      trips += await roundTrips(place, () => store.touch(keyOf(record), stamp(1), at, at + hour, at));
    }
    expect(trips - 24 * 60).toBeLessThanOrEqual(2 * 24);
  });

  test("the list of one user costs one round trip for the index and one for all records", async () => {
    const place = await newPlace();
    for (let n = 0; n < 7; n++) await place.store.create(recordAt(now, ada), now);
    expect(await roundTrips(place, () => listed(place.store, now, "ada"))).toBe(8);
  });

  /** Once each script, so that the server knows them. */
  async function warm({ store }: Place): Promise<{ record: StoredRecord }> {
    const record = recordAt(now, ada);
    const first = recordAt(now);
    await store.create(first, now);
    await store.replace(next(first, { userId: "eve" }), stamp(1), now);
    await store.touch(keyOf(first), stamp(2), now, now + hour, now);
    await store.delete(keyOf(first));
    await store.create(record, now);
    return { record };
  }
});

describe.skipIf(redisUrl === undefined)("an operation that is given up between its steps goes no further", () => {
  const later = now + 50 * minute;
  const cases: Record<string, (place: Place, record: StoredRecord, call: StoreCall) => unknown> = {
    "create of a signed-in session": ({ store }, _, call) => store.create(recordAt(now, ada), now, call),
    login: ({ store }, record, call) => store.replace(next(record, { userId: "bob" }), stamp(1), now, call),
    touch: ({ store }, record, call) => store.touch(keyOf(record), stamp(1), later, later + 9 * hour, later, call),
    "a script that is not known": async ({ store, raw }, record, call) => {
      await raw.sendCommand(["SCRIPT", "FLUSH"]);
      return store.touch(keyOf(record), stamp(1), later, later + 1, later, call);
    },
  };

  test.each(Object.entries(cases))("%s", async (_, run) => {
    await using server = await startRedis();
    for (let step = 1; ; step++) {
      const place = await newPlace(newPrefix(), server.url);
      const record = recordAt(now, ada);
      await place.store.create(record, now);
      await place.store.read(keyOf(record), now);
      const before = await place.raw.dump(`${place.prefix}record:session:${record.id}`);
      const givingUp = new AbortController();
      place.client.sent.length = 0;
      place.client.onReply = () => place.client.sent.length === step && givingUp.abort();
      const outcome = await Promise.resolve(run(place, record, givingUp)).catch((error: unknown) => error);
      expect(place.client.sent).toHaveLength(step);
      if (outcome === true) return expect(step).toBeGreaterThan(1);
      expect(outcome).toMatchObject({ code: "STORE_UNAVAILABLE", message: expect.stringContaining("gave") });
      expect(await place.raw.dump(`${place.prefix}record:session:${record.id}`)).toEqual(before);
      expect(await place.store.count!("session", now)).toBe(1);
    }
  });
});

describe.skipIf(redisUrl === undefined)("B50 B51 B53: the index of users", () => {
  test("a process that ends between index and record leaves nothing to be seen", async () => {
    const place = await newPlace();
    const { store, client } = place;
    const anonymous = recordAt(now);
    await store.create(anonymous, now);
    for (const [what, write] of [
      ["create", () => store.create(recordAt(now, { ...ada, body: "killed" }), now)],
      ["replace", () => store.replace(next(anonymous, { ...ada, body: "killed" }), stamp(1), now)],
    ] as const) {
      client.failOn("killed");
      // The first attempt of replace asks whether the user changed; the read before it lets it know.
      await store.read(keyOf(anonymous), now);
      await expect(write(), what).rejects.toThrow("the process was killed");
    }
    expect(await entriesOf(place)).toHaveLength(2);
    expect(await listed(store, now, "ada")).toEqual([]);
    expect(await store.read(keyOf(anonymous), now)).toEqual(anonymous);
  });

  test("what such processes left goes when it is over, and never before", async () => {
    const place = await newPlace();
    const { store, client } = place;
    for (let n = 0; n < 10; n++) {
      client.failOn("killed");
      await Promise.resolve(store.create(recordAt(now, { ...ada, body: "killed" }), now)).catch(() => undefined);
    }
    const alive = recordAt(now, { ...ada, expiresAt: now + 9 * hour });
    await store.create(alive, now);
    expect(await entriesOf(place)).toHaveLength(11);
    const later = now + 8 * hour;
    const newest = recordAt(later, ada);
    await store.create(newest, later);
    expect(await entriesOf(place)).toHaveLength(2);
    expect(await listed(store, later, "ada")).toEqual([alive.id, newest.id]);
  });

  test("a process that ends between a record's deletion and its entry's hides and shows nothing", async () => {
    const place = await newPlace();
    const { store, client } = place;
    const [record, other] = [recordAt(now, ada), recordAt(now + 1, ada)];
    await store.create(record, now);
    await store.create(other, now);
    client.failOn("ZREMRANGEBYLEX");
    expect(await store.delete(keyOf(record))).toBe(true);
    expect(await entriesOf(place)).toHaveLength(2);
    expect(await listed(store, now, "ada")).toEqual([other.id]);
    expect(await listed(store, now, "ada", 1)).toEqual([other.id]);
  });

  test("a deleted session's entry goes with it, and with the last one the index", async () => {
    const place = await newPlace();
    const { store, raw } = place;
    const records = [recordAt(now, { ...ada, id: "a" }), recordAt(now, { ...ada, id: "ab" }), recordAt(now + 1, ada)];
    for (const record of records) await store.create(record, now);
    await store.touch(keyOf(records[0]!), stamp(1), now, now + 5 * hour, now);
    expect(await entriesOf(place)).toHaveLength(4);
    await store.delete(keyOf(records[0]!));
    expect(await entriesOf(place)).toHaveLength(2);
    await store.clear!("session");
    expect(await raw.exists(indexOf(place))).toBe(0);
  });

  test("logins day after day do not pile up", async () => {
    const place = await newPlace();
    const { store } = place;
    for (let day = 0; day < 300; day++) {
      const at = now + day * 24 * hour;
      await store.create(recordAt(at, ada), at);
    }
    expect((await entriesOf(place)).length).toBeLessThan(20);
  });

  test("B94: an index has no expiry, so that no volatile- policy evicts it", async () => {
    const place = await newPlace();
    await place.store.create(recordAt(now, ada), now);
    expect(await place.raw.pTTL(indexOf(place))).toBe(-1);
  });

  test("B94: what users leave who do not come back is removed while others sign in", async () => {
    const { raw, prefix } = await newPlace();
    const clients: Record<string, RedisClient> = {
      "node-redis": await connectRaw(redisUrl!),
      // Adds to each key, and to none that SCAN returns.
      ioredis: new Redis(redisUrl!, { keyPrefix: prefix }),
    };
    for (const [name, client] of Object.entries(clients)) {
      const own = `${prefix}${name}:`;
      const store = recordStore(
        createConnection(() => adaptClient(client)),
        name === "ioredis" ? `${name}:` : own,
        storeWarnings(),
        0,
      );
      const gone = Array.from({ length: 50 }, (_, n) => recordAt(now, { userId: `user ${n}` }));
      const alive = recordAt(now, { ...ada, expiresAt: now + 99 * hour });
      for (const record of [...gone, alive]) await store.create(record, now);
      const later = now + 3 * hour;
      const users = async () => (await raw.keys(`${own}user:*`)).toSorted();
      await expect
        .poll(async () => {
          await store.create(recordAt(later, { userId: "eve" }), later);
          return users();
        })
        .toEqual([`${own}user:session:ada`, `${own}user:session:eve`]);
      expect(await listed(store, later, "ada")).toEqual([alive.id]);
    }
    (clients.ioredis as Redis).disconnect();
  });

  test("a session that is only visited stays in the index as long as it lives", async () => {
    const place = await newPlace();
    const { store } = place;
    const record = recordAt(now, ada);
    await store.create(record, now);
    for (let at = now; at < now + 12 * hour; at += 20 * minute) {
      expect(await store.touch(keyOf(record), stamp(1), at, at + hour, at)).toBe(true);
      // Others of the user's come and go, and drop what is over.
      await store.create(recordAt(at, { ...ada, expiresAt: at + minute }), at);
      expect(await listed(store, at + 59 * minute, "ada")).toEqual([record.id]);
    }
    expect((await entriesOf(place)).length).toBeLessThan(20);
  });

  test("an index that was lost is there again after an hour of use, by touch or by replace", async () => {
    for (const use of ["touch", "replace"] as const) {
      const { raw, store, ...place } = await newPlace();
      let record = recordAt(now, ada);
      await store.create(record, now);
      await raw.del(indexOf({ raw, store, ...place }));
      const at = now + hour - 1;
      const times = { lastSeenAt: at, expiresAt: at + hour + 2 };
      if (use === "touch") await store.touch(keyOf(record), stamp(1), times.lastSeenAt, times.expiresAt, at);
      record = use === "touch" ? { ...record, ...times } : next(record, times);
      if (use === "replace") expect(await store.replace(record, stamp(1), at)).toBe(true);
      expect(await store.read(keyOf(record), at)).toEqual(record);
      expect(await listed(store, at, "ada")).toEqual([record.id]);
    }
  });

  test("a concurrent touch also moves the entry", async () => {
    const { store } = await newPlace();
    const record = recordAt(now);
    await store.create(record, now);
    await store.touch(keyOf(record), stamp(1), now + 2, now + 50 * hour, now);
    await store.read(keyOf(record), now);
    expect(await store.replace(next(record, { ...ada, lastSeenAt: now + 1 }), stamp(1), now)).toBe(true);
    expect((await store.read(keyOf(record), now))?.expiresAt).toBe(now + 50 * hour);
    const later = now + 49 * hour;
    for (let n = 0; n < 20; n++) await store.create(recordAt(later, ada), later);
    expect(await listed(store, later, "ada")).toContain(record.id);
  });

  test("50 racing logins, half of them on sessions that exist, while others list and sign out", async () => {
    const { store, prefix, raw } = await newPlace();
    const second = redisStore({ client: await connectRaw(redisUrl!), prefix });
    const anonymous = Array.from({ length: 25 }, () => recordAt(now));
    for (const record of anonymous) await store.create(record, now);
    const leaving = Array.from({ length: 10 }, () => recordAt(now, ada));
    for (const record of leaving) await store.create(record, now);
    const fresh = Array.from({ length: 25 }, () => recordAt(now, ada));
    const results = await Promise.all([
      ...fresh.map((record, n) => (n % 2 ? store : second).create(record, now)),
      ...anonymous.map((record, n) => (n % 2 ? store : second).replace(next(record, ada), stamp(1), now)),
      ...leaving.map((record, n) => (n % 2 ? store : second).delete(keyOf(record))),
      ...Array.from({ length: 20 }, async () => (await listed(second, now, "ada", 7)).length <= 60),
    ]);
    expect(results.every(Boolean)).toBe(true);
    const expected = [...fresh, ...anonymous].map(({ id }) => id).toSorted();
    expect((await listed(store, now, "ada")).toSorted()).toEqual(expected);
    expect((await listed(store, now, "ada", 3)).toSorted()).toEqual(expected);
    expect(await raw.zCard(`${prefix}user:session:ada`)).toBe(50);
  });

  test("of racing logins as different users on one session one wins, and it is in that user's list only", async () => {
    const { store } = await newPlace();
    const users = ["ada", "bob", "eve", "kim"];
    for (let round = 0; round < 25; round++) {
      const record = recordAt(now + round);
      await store.create(record, now);
      const won = await Promise.all(users.map((userId) => store.replace(next(record, { userId }), stamp(1), now)));
      expect(won.filter(Boolean)).toHaveLength(1);
      for (const [n, userId] of users.entries()) {
        expect((await listed(store, now, userId)).includes(record.id)).toBe(won[n]);
      }
    }
  });

  test("back and forth between two users", async () => {
    const place = await newPlace();
    let record = recordAt(now, ada);
    await place.store.create(record, now);
    for (let round = 0; round < 6; round++) {
      const [to, from] = round % 2 ? ["ada", "bob"] : ["bob", "ada"];
      record = next(record, { userId: to });
      expect(await place.store.replace(record, stamp(record.version - 1), now)).toBe(true);
      expect(await listed(place.store, now, to)).toEqual([record.id]);
      expect(await listed(place.store, now, from)).toEqual([]);
    }
  });

  test("pages hold each session once, also where it has many entries and others are over", async () => {
    const { store } = await newPlace();
    const records = Array.from({ length: 30 }, (_, n) => recordAt(now + (n % 3), { ...ada, id: newId() }));
    for (const record of records) await store.create(record, now);
    for (let at = now; at < now + 5 * hour; at += 55 * minute) {
      for (const record of records) await store.touch(keyOf(record), stamp(1), at, at + hour, at);
    }
    for (const record of records.slice(0, 10))
      await store.replace(next(record, { userId: "bob" }), stamp(1), now + 4 * hour);
    const expected = records
      .slice(10)
      .toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
      .map(({ id }) => id);
    for (const limit of [1, 2, 7, 20, 21, 25, 100]) {
      expect(await listed(store, now + 4 * hour, "ada", limit), `by ${limit}`).toEqual(expected);
    }
  });

  test("every live session is in its user's list after any history, through days", async () => {
    const raw = await connectRaw(redisUrl!);
    const id = fc.integer({ min: 0, max: 3 });
    const user = fc.constantFrom(undefined, "ada", "bob");
    const life = fc.integer({ min: 1, max: 300 }).map((minutes) => minutes * minute);
    const step = fc.tuple(fc.constantFrom("create", "replace", "touch", "delete", "lose", "read"), id, user, life);
    const waits = fc.integer({ min: 0, max: 90 }).map((minutes) => minutes * minute);
    const history = fc.array(fc.tuple(step, waits), { maxLength: 40 });
    const property = fc.asyncProperty(history, async (steps) => {
      const store = redisStore({ client: raw, prefix: newPrefix() });
      const ids = Array.from({ length: 4 }, newId);
      let time = now;
      for (const [[what, n, userId, lasts], wait] of steps) {
        time += wait;
        const key = { namespace: "session", id: ids[n]! };
        const found = what === "create" ? undefined : await store.read(key, time);
        const times = { lastSeenAt: time, expiresAt: time + lasts };
        if (what === "create") await store.create(recordAt(time, { ...key, ...times, userId }), time);
        if (what === "replace" && found) await store.replace(next(found, { ...times, userId }), found, time);
        if (what === "touch" && found) await store.touch(key, found, time, time + lasts, time);
        // An id of a deleted session does not come back.
        if (what === "delete" && (await store.delete(key))) ids[n] = newId();
        // Nobody comes in time; Redis drops it.
        if (what === "lose" && !found) ids[n] = newId();
      }
      for (const owner of ["ada", "bob"]) {
        const expected: string[] = [];
        for (const id of ids) {
          const record = await store.read({ namespace: "session", id }, time);
          if (record?.userId === owner) expected.push(id);
        }
        expect((await listed(store, time, owner, 2)).toSorted()).toEqual(expected.toSorted());
      }
      await store.clear!("session");
    });
    await fc.assert(property, { numRuns: 60 });
  });
});
