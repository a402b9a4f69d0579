import { createSessions, type StoredRecord } from "coatcheck";
import { redisStore } from "coatcheck/stores/redis";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escaped, unescaped } from "../../../src/stores/redis/keys.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import { service } from "../../support/service.ts";
import {
  hour,
  keyOf,
  listed,
  minute,
  newPlace,
  newPrefix,
  next,
  type Raw,
  recordAt,
} from "../../support/stores/redis.ts";

const redisUrl = await service("redis");

const now = Date.now();

/** Any 16-bit units, halves of surrogate pairs among them. */
const anyText = fc
  .array(fc.oneof(fc.constantFrom(0, 0x25, 0x3a, 0xd83e, 0xdde5, 0xdc00), fc.integer({ min: 0, max: 0xffff })))
  .map((units) => String.fromCharCode(...units));

test("any text becomes ASCII without a separator, and comes back", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(escaped(text)).toMatch(/^[A-Za-z0-9_.~%-]*$/);
      expect(unescaped(escaped(text))).toBe(text);
    }),
  );
  expect(escaped("AZaz09_-AZaz09_-AZaz09")).toBe("AZaz09_-AZaz09_-AZaz09");
});

describe.skipIf(redisUrl === undefined)("keys on a real server", () => {
  test("a record is a string that can be read in redis-cli: a line of fields, and the body", async () => {
    const { raw, prefix, store } = await newPlace();
    const record = recordAt(now, { id: "an-id", userId: "ada:1" });
    await store.create(record, now);
    const [line = "", body] = (await raw.get(`${prefix}record:session:an-id`))?.split("\n") ?? [];
    const [format, version, createdAt, expiresAt, lastSeenAt, indexedUntil, nonce, commitId, user, ...others] =
      line.split(/ +/);
    expect([format, version, createdAt, expiresAt]).toEqual(["coatcheck1", "1", `${now}`, `${now + hour}`]);
    expect([lastSeenAt, commitId, user, others, body]).toEqual([`${now}`, record.commitId, "=ada%003a1", [], "body"]);
    expect(Number(indexedUntil)).toBeGreaterThanOrEqual(now + hour);
    expect(nonce).toMatch(/^[0-9a-f]{8}$/);
    expect(await raw.exists(`${prefix}user:session:ada%003a1`)).toBe(1);
  });

  test("list finds ids of any characters", async () => {
    const { store } = await newPlace();
    const ids = ["{tag}", "{}", "a:b", "a\0b", "\ud83e", "\udde5", "🧥", "%0041", "A", "*", "?[a]\\", "é", "e\u0301"];
    for (const id of ids) await store.create(recordAt(now, { id, userId: id }), now);
    expect((await listed(store, now)).toSorted()).toEqual(ids.toSorted());
    for (const id of ids) expect(await listed(store, now, id)).toEqual([id]);
    expect(await store.count!("session", now)).toBe(ids.length);
  });

  test.each(["a*b:", "[ab]:", "?:", "\\:", "a^-b:", "{tag}:", "\u{1f9e5}:", "record:"])(
    "B52: a store with the prefix %j sees its own keys only",
    async (odd) => {
      const outer = newPrefix();
      const places = [outer, `${outer}${odd}`, `${outer}${odd}${odd}`, `${outer}record:session:`, `${outer}axb:`];
      const stores = await Promise.all(places.map(async (prefix) => (await newPlace(prefix)).store));
      const namespaces = ["session", "Session", "session:x", "record", "session*", "s"];
      for (const [n, store] of stores.entries()) {
        for (const namespace of namespaces) await store.create(recordAt(now, { namespace, id: `of-${n}` }), now);
      }
      for (const [n, store] of stores.entries()) {
        expect(await listed(store, now)).toEqual([`of-${n}`]);
        await store.clear!("session");
        expect(await listed(store, now)).toEqual([]);
      }
      for (const store of stores) {
        for (const namespace of namespaces)
          expect(await store.count!(namespace, now)).toBe(Number(namespace !== "session"));
      }
    },
  );

  /** Values of other programs, by what they are. */
  const foreign: Record<string, (raw: Raw, key: string) => Promise<unknown>> = {
    string: (raw, key) => raw.set(key, "theirs"),
    list: (raw, key) => raw.rPush(key, ["theirs", "too"]),
    set: (raw, key) => raw.sAdd(key, "theirs"),
    "sorted set": (raw, key) => raw.zAdd(key, { score: 1, value: "theirs" }),
    stream: (raw, key) => raw.xAdd(key, "*", { their: "s" }),
    hash: (raw, key) => raw.hSet(key, { their: "s", expiresAt: "never" }),
  };

  test.each(Object.entries(foreign))("B37 B52: a foreign %s under our key is no record, and stays", async (_, put) => {
    const { raw, prefix, store } = await newPlace();
    const record = recordAt(now, { id: "taken" });
    const place = `${prefix}record:session:taken`;
    await put(raw, place);
    const before = await raw.dump(place);
    expect(await store.read(keyOf(record), now)).toBeUndefined();
    expect(await store.create(record, now)).toBe(false);
    expect(await store.replace(next(record), stamp(1), now)).toBe(false);
    expect(await store.touch(keyOf(record), stamp(1), now, now + hour, now)).toBe(false);
    expect(await store.delete(keyOf(record))).toBe(false);
    expect(await listed(store, now)).toEqual([]);
    expect(await store.count!("session", now)).toBe(0);
    await store.clear!("session");
    expect(await raw.dump(place)).toEqual(before);
  });

  test.each(["string", "hash"] as const)(
    "a %s under the key of an index: the login is refused, and says why",
    async (kind) => {
      const { raw, prefix, store } = await newPlace();
      await foreign[kind]!(raw, `${prefix}user:session:ada`);
      const record = recordAt(now, { userId: "ada" });
      await expect(store.create(record, now)).rejects.toMatchObject({
        code: "STORE_UNAVAILABLE",
        message: expect.stringContaining("another prefix"),
      });
      expect(await store.read(keyOf(record), now)).toBeUndefined();
    },
  );

  test("foreign entries in an index hide nothing", async () => {
    const { raw, prefix, store } = await newPlace();
    const record = recordAt(now, { userId: "ada" });
    await store.create(record, now);
    const theirs = Array.from({ length: 50 }, (_, n) => ["", `!${n}`, `0!${n}`, `x${n}`, `~!~!${n}`][n % 5]! + n);
    await raw.zAdd(
      `${prefix}user:session:ada`,
      theirs.map((value) => ({ score: 0, value })),
    );
    expect(await listed(store, now, "ada")).toEqual([record.id]);
    expect(await listed(store, now, "ada", 1)).toEqual([record.id]);
  });

  /** A record of version 1 that was made now and lives for an hour, and what becomes of its text. */
  const garbled: Record<string, (text: string) => string> = {
    "of another format": (text) => text.replace("coatcheck1", "coatcheck2"),
    "without a version": (text) => text.replace(" 1 ", " - "),
    "of a version in words": (text) => text.replace("   1 ", " one "),
    "without a commit id": (text) => text.replace(stamp(1).commitId, ""),
    "of a commit with a name of its own kind": (text) => text.replace(stamp(1).commitId, "a.b"),
    "made at no time": (text) => text.replace(`${now}`, "-".padStart(13)),
    "made at a time with an exponent": (text) => text.replace(`${now}`, "1e3".padStart(13)),
    "last seen in hexadecimal": (text) => text.replace(new RegExp(`${now}( +\\d+ [0-9a-f]{8})`), "         0x10$1"),
    "that never ends": (text) => text.replace(`${now + hour}`, "     Infinity"),
    "that ends after all dates": (text) => text.replace(`     ${now + hour}`, " 99999999999999999"),
    "that is cut off": (text) => text.slice(0, 60),
    "without a body": (text) => text.slice(0, text.indexOf("\n")),
  };
  test.each(Object.entries(garbled))("B37: a record %s is none", async (_, garble) => {
    const { raw, prefix, store } = await newPlace();
    const record = recordAt(now, { userId: "ada" });
    await store.create(record, now);
    const place = `${prefix}record:session:${record.id}`;
    const text = (await raw.get(place)) ?? "";
    await raw.set(place, garble(text));
    expect(await raw.get(place)).not.toBe(text);
    expect(await store.read(keyOf(record), now)).toBeUndefined();
    expect(await listed(store, now)).toEqual([]);
    expect(await listed(store, now, "ada")).toEqual([]);
    expect(await store.create(record, now)).toBe(false);
  });

  test("a bodies' and users' halves of surrogate pairs stay what they are", async () => {
    const { store } = await newPlace();
    const record: StoredRecord = recordAt(now, { body: "\ud83e \udde5 \0 \u0001 \ufffd", userId: "\ud83e" });
    await store.create(record, now);
    expect(await store.read(keyOf(record), now)).toEqual(record);
    expect(await listed(store, now, "\ud83e")).toEqual([record.id]);
    expect(await listed(store, now, "\ufffd")).toEqual([]);
  });
});

describe.skipIf(redisUrl === undefined)("B12: Redis' own expiry", () => {
  /** More than the tests take, less than the store waits. */
  const lag = 2 * minute;
  const waits = async (raw: Raw, place: string) => raw.pTTL(place);

  test.each([
    ["as the server has it", now],
    ["a year behind", now - 8_760 * hour],
    ["a year ahead", now + 8_760 * hour],
    ["at zero", 0],
  ])("B12: Redis' own expiry waits somewhat longer than the record lives, by a clock that is %s", async (_, clock) => {
    const { raw, prefix, store } = await newPlace();
    const record = recordAt(clock, { expiresAt: clock + 5 * minute });
    const place = `${prefix}record:session:${record.id}`;
    const expectLife = async (life: number) => {
      expect(await waits(raw, place)).toBeGreaterThan(life + lag);
      expect(await waits(raw, place)).toBeLessThan(life + 30 * minute);
    };
    await store.create(record, clock);
    await expectLife(5 * minute);
    await store.touch(keyOf(record), stamp(1), clock + minute, clock + 6 * hour, clock + minute);
    await expectLife(6 * hour - minute);
    await store.replace(
      next(record, { lastSeenAt: clock + minute, expiresAt: clock + hour }),
      stamp(1),
      clock + minute,
    );
    await expectLife(hour - minute);
    await store.touch(keyOf(record), stamp(2), clock, clock + 2 * minute, clock + minute);
    await expectLife(hour - minute);
    await store.touch(keyOf(record), stamp(2), clock + minute, clock, clock + minute);
    await expectLife(0);
  });

  test("B12: Redis' own expiry is not needed: the deadline holds without it", async () => {
    const { raw, prefix, store } = await newPlace();
    const record = recordAt(now, { userId: "ada" });
    await store.create(record, now);
    await raw.persist(`${prefix}record:session:${record.id}`);
    expect(await store.read(keyOf(record), now + hour - 1)).toEqual(record);
    expect(await store.read(keyOf(record), now + hour)).toBeUndefined();
    expect(await store.replace(next(record), stamp(1), now + hour)).toBe(false);
    expect(await listed(store, now + hour, "ada")).toEqual([]);
  });

  test("B12: Redis' own expiry leaves nothing to prune", async () => {
    const { store, client } = await newPlace();
    await store.create(recordAt(now, { expiresAt: now + minute }), now);
    client.sent.length = 0;
    await using sessions = createSessions({ store, clock: () => now + hour });
    expect(await sessions.prune()).toBe(0);
    // The manager's limits are looked up and noted; no session is looked at.
    expect(client.sent).toEqual(["GET", "GET", "SET"]);
    expect(await sessions.count()).toBe(0);
  });

  test("a record that lives as long as there are dates", async () => {
    const { raw, prefix, store } = await newPlace();
    const record = recordAt(now, { expiresAt: 8_640_000_000_000_000, userId: "ada" });
    expect(await store.create(record, now)).toBe(true);
    expect(await store.replace(next(record), stamp(1), now)).toBe(true);
    expect(await store.read(keyOf(record), now)).toEqual(next(record));
    expect(await listed(store, now, "ada")).toEqual([record.id]);
    expect(await waits(raw, `${prefix}record:session:${record.id}`)).toBeGreaterThan(1e15);
  });
});

test("prefixes that do not fit", () => {
  for (const prefix of ["", "\ud83e:", 7, null]) {
    const client = { sendCommand: () => Promise.resolve() };
    expect(() => redisStore({ client, prefix: prefix as string })).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION" }),
    );
  }
});
