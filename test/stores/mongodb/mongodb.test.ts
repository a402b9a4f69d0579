import { SessionError, type SessionStore } from "coatcheck";
import { type MongodbStoreOptions, mongodbIndexes, mongodbStore } from "coatcheck/stores/mongodb";
import { storeConformance } from "coatcheck/testing";
import { MongoClient, MongoServerError } from "mongodb";
import { afterAll, describe, expect, test } from "vitest";
import { openClient } from "../../../src/stores/mongodb/client.ts";
import { stamp } from "../../../src/testing/store/rule.ts";
import { service } from "../../support/service.ts";
import {
  collectionOf,
  failure,
  hour,
  newName,
  next,
  now,
  problem,
  record,
  watchedCollection,
} from "../../support/stores/mongodb.ts";

const mongodbKind = await service("mongodbKind");

const url = (await service("mongodb")) as string;

describe("B9 B10 B12 B18 B51 B52: the mongodb store keeps the contract with a collection of the application", () => {
  const client = new MongoClient(url);
  const names: string[] = [];
  afterAll(async () => {
    for (const name of names) await client.db().collection(name).drop();
    await client.close();
  });
  const make = (): SessionStore => {
    const name = newName();
    names.push(name);
    return mongodbStore({ collection: client.db().collection(name) });
  };
  for (const { title, run } of storeConformance(make)) test(title, run);
});

describe("commands", () => {
  test("one for each operation, two for prune", async () => {
    const { collection, sent } = watchedCollection(url);
    const store = mongodbStore({ collection });
    await store.setup?.();
    const names = () => sent().map((command) => Object.keys(command)[0]);
    expect(names()).toEqual(["listIndexes", "createIndexes"]);
    await store.create(record(), now);
    expect(names()).toEqual(["insert"]);
    await store.read(record(), now);
    expect(names()).toEqual(["find"]);
    await store.replace(next(record()), stamp(1), now);
    expect(names()).toEqual(["update"]);
    await store.touch(record(), stamp(2), now, now + hour, now);
    expect(names()).toEqual(["update"]);
    await store.list?.("session", { limit: 5 }, now);
    expect(names()).toEqual(["find"]);
    await store.count?.("session", now);
    expect(names()).toEqual(["aggregate"]);
    await store.prune?.(now, 5);
    expect(names()).toEqual(["find"]);
    await store.prune?.(now + hour, 5);
    expect(names()).toEqual(["find", "delete"]);
    await store.delete(record());
    expect(names()).toEqual(["delete"]);
    await mongodbStore({ collection }).setup?.();
    expect(names()).toEqual(["listIndexes"]);
  });

  test("writes wait for a majority and never insert but for create, reads see nothing that could be rolled back", async () => {
    const { collection, sent } = watchedCollection(url, {
      // What the application wants of its own operations does not count.
      writeConcern: { w: 0 },
      readConcern: { level: "local" },
      readPreference: "nearest",
    });
    const store = mongodbStore({ collection });
    await store.create(record(), now);
    await store.replace(next(record()), stamp(1), now);
    await store.touch(record(), stamp(2), now, now + hour, now);
    await store.delete(record());
    await store.clear?.("session");
    const writes = sent().filter(({ insert, update, delete: removal }) => insert ?? update ?? removal);
    expect(writes).toHaveLength(5);
    for (const write of writes.slice(1)) expect(JSON.stringify(write)).toContain('"collation":{"locale":"simple"}');
    for (const write of writes) expect(write.writeConcern).toMatchObject({ w: "majority", j: true });
    for (const write of writes) expect(JSON.stringify(write)).not.toContain("upsert");
    await store.read(record(), now);
    await store.list?.("session", { limit: 5 }, now);
    await store.count?.("session", now);
    for (const read of sent()) {
      expect(read.readConcern).toEqual({ level: "majority" });
      expect(read.collation).toEqual({ locale: "simple" });
      // The second is what the driver says to a single server.
      expect([undefined, "primaryPreferred"]).toContain(Object(read.$readPreference).mode);
    }
  });
});

describe("B35: texts", () => {
  const texts = [
    "$version",
    "$$NOW",
    "$",
    "a.b",
    "$literal",
    "{$set: 1}",
    "\0",
    "\ud800",
    "\udfff",
    "\ufffd",
    "\u0001",
  ];

  test.each(texts)("%j is only text: as id, namespace, body and user, at first and in a replace", async (text) => {
    const store = mongodbStore({ collection: collectionOf(url) });
    const one = record({ namespace: text, id: text, body: text, userId: text });
    expect(await store.create(one, now)).toBe(true);
    expect(await store.read(one, now)).toEqual(one);
    const two = next(one, { body: `${text}${text}` });
    expect(await store.replace(two, stamp(1), now)).toBe(true);
    expect(await store.read(one, now)).toEqual(two);
    expect((await store.list?.(text, { userId: text, limit: 5 }, now))?.records).toEqual([two]);
  });

  test("what UTF-8 cannot hold stays distinct", async () => {
    const store = mongodbStore({ collection: collectionOf(url) });
    for (const id of texts) expect(await store.create(record({ id, userId: id }), now)).toBe(true);
    for (const id of texts) {
      expect((await store.list?.("session", { userId: id, limit: 5 }, now))?.records.map((one) => one.id)).toEqual([
        id,
      ]);
    }
  });
});

describe("times", () => {
  test("of two visits that meet, the later deadline stays as well as the later visit", async () => {
    const store = mongodbStore({ collection: collectionOf(url) });
    await store.create(record({ lastSeenAt: now + 20, expiresAt: now + hour }), now);
    await store.touch(record(), stamp(1), now + 10, now + 2 * hour, now);
    expect(await store.read(record(), now)).toMatchObject({ lastSeenAt: now + 20, expiresAt: now + 2 * hour });
  });

  test("the earliest and the latest that dates can hold", async () => {
    const store = mongodbStore({ collection: collectionOf(url) });
    const ends = record({ createdAt: -8.64e15, lastSeenAt: -8.64e15, expiresAt: 8.64e15 });
    await store.create(ends, now);
    expect(await store.read(ends, now)).toEqual(ends);
    expect(await store.read(ends, Number.MAX_SAFE_INTEGER)).toBeUndefined();
    expect((await store.list?.("session", { limit: 1 }, now))?.records).toEqual([ends]);
    expect(await store.prune?.(Number.MAX_SAFE_INTEGER, 10)).toBe(1);
  });

  test("the server's clock", async () => {
    const time = await mongodbStore({ collection: collectionOf(url) }).time?.();
    expect(Number.isInteger(time)).toBe(true);
  });
});

describe("lists", () => {
  test("a page that is too long for one reply goes on in the next", async () => {
    const { collection, sent } = watchedCollection(url);
    const store = mongodbStore({ collection });
    const ids = Array.from({ length: 20 }, (_, n) => `id-${String(n).padStart(2, "0")}`);
    for (const id of ids) await store.create(record({ id, body: "x".repeat(2 ** 20) }), now);
    sent();
    const first = await store.list?.("session", { limit: 20 }, now);
    expect(first?.records.length).toBeLessThan(20);
    // No search stays open on the server.
    expect(sent().map((command) => Object.keys(command)[0])).toEqual(["find", "killCursors"]);
    const second = await store.list?.("session", { limit: 20, cursor: first?.cursor }, now);
    expect([first, second].flatMap((page) => page?.records.map(({ id }) => id))).toEqual(ids);
    expect(second?.cursor).toBeUndefined();
  });

  test("a cursor that list() did not return is refused", async () => {
    const store = mongodbStore({ collection: collectionOf(url) });
    const error = await failure(store.list?.("session", { limit: 5, cursor: "{$gt: 1}" }, now));
    expect(error.code).toBe("INVALID_OPTION");
  });
});

describe("B37 B52: documents of the application in the same collection", () => {
  const past = new Date(now - hour);
  const future = new Date(now + hour);
  const key = { namespace: "session", id: "AAAAAAAAAAAAAAAAAAAAAA" };
  const times = { createdAt: past, lastSeenAt: past, expiresAt: future };

  test.each([
    ["nothing else", {}],
    ["times of another type", { ...stamp(1), body: "", createdAt: 1, lastSeenAt: 1, expiresAt: now + hour }],
    ["a text as version", { ...stamp(1), version: "1", body: "body", ...times }],
    ["half a version", { ...stamp(1), version: 1.5, body: "body", ...times }],
    ["no commit id", { version: 1, body: "body", ...times }],
    ["a number as commit id", { version: 1, commitId: 1, body: "body", ...times }],
    ["an object as body", { ...stamp(1), body: { secret: 1 }, ...times }],
    ["a number as user", { ...stamp(1), body: "body", userId: 7, ...times }],
    ["no time of creation", { ...stamp(1), body: "body", lastSeenAt: past, expiresAt: future }],
  ])("at the key of a session, with %s: no session, no error", async (_, fields) => {
    const collection = collectionOf(url);
    const store = mongodbStore({ collection });
    await collection.insertOne({ _id: key as never, ...fields });
    expect(await store.read(key, now)).toBeUndefined();
    expect(await store.create(record(), now)).toBe(false);
    expect((await store.list?.("session", { limit: 5 }, now))?.records).toEqual([]);
  });

  test("B37 B52: documents of the application are left alone by prune and clear, and not listed or counted", async () => {
    const collection = collectionOf(url);
    const store = mongodbStore({ collection });
    const orders = [
      { _id: 1 as never, expiresAt: past, version: 3 },
      { _id: "session" as never, expiresAt: past, createdAt: past },
      { _id: { namespace: "session", id: 5 } as never, expiresAt: past, version: 1 },
    ];
    await collection.insertMany(orders);
    await store.create(record({ id: "over", expiresAt: now }), now);
    expect(await store.prune?.(now, 10)).toBe(1);
    await store.clear?.("session");
    expect(await store.count?.("session", now - 2 * hour)).toBe(0);
    expect((await store.list?.("session", { limit: 5 }, now - 2 * hour))?.records).toEqual([]);
    expect(await collection.find().sort({ expiresAt: 1 }).toArray()).toEqual(orders);
  });

  test("a listed document that is no session does not end the list", async () => {
    const collection = collectionOf(url);
    const store = mongodbStore({ collection });
    const { createdAt, ...others } = times;
    await collection.insertMany([
      { _id: { ...key, id: "B" } as never, version: 1, ...times },
      { _id: { ...key, id: "D" } as never, version: 1, ...others },
    ]);
    for (const id of ["A", "C"]) await store.create(record({ id, createdAt: createdAt.getTime() }), now);
    const ids: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.list?.("session", { limit: 1, cursor }, now);
      ids.push(...(page?.records ?? []).map(({ id }) => id));
      cursor = page?.cursor;
    } while (cursor !== undefined);
    expect(ids).toEqual(["A", "C"]);
  });

  test("a unique index of the application refuses, and is not taken for an existing session", async () => {
    const collection = collectionOf(url);
    const store = mongodbStore({ collection });
    await collection.createIndex({ userId: 1 }, { unique: true, sparse: true });
    await store.create(record({ id: "one", userId: "ada" }), now);
    const error = await failure(store.create(record({ id: "two", userId: "ada" }), now));
    expect(error.code).toBe("STORE_UNAVAILABLE");
    expect(error.message).toContain("E11000");
    expect(await store.read(record({ id: "two" }), now)).toBeUndefined();
  });
});

describe("indexes", () => {
  const names = ["_id_", "coatcheck_age", "coatcheck_expiry", "coatcheck_user"];
  const namesOf = async (collection: { indexes(): Promise<{ name?: string }[]> }) =>
    (await collection.indexes()).map(({ name }) => name).sort();

  test("B44: indexes are created once, by eight stores that start at the same time", async () => {
    const name = newName();
    const stores = Array.from({ length: 8 }, () => mongodbStore({ url, collection: name }));
    await Promise.all(stores.map((store) => store.setup?.()));
    expect(await namesOf(collectionOf(url, {}, name))).toEqual(names);
    await Promise.all(stores.map((store) => store.close?.()));
  });

  test("MongoDB itself removes no session within a day of its end, by any clock", () => {
    const ttl = mongodbIndexes().filter(({ expireAfterSeconds }) => expireAfterSeconds !== undefined);
    expect(ttl).toEqual([expect.objectContaining({ key: { expiresAt: 1 }, expireAfterSeconds: 86_400 })]);
  });

  const withWarnings = (options: MongodbStoreOptions) => {
    const store = mongodbStore(options);
    const told: string[] = [];
    store.onWarning?.((code, message) => told.push(`${code}: ${message}`));
    return { store, told };
  };

  test.each([
    ["that is unique", { ...mongodbIndexes()[2]!, unique: true }],
    ["that removes live sessions", { name: "coatcheck_age", key: { createdAt: 1 as const }, expireAfterSeconds: 60 }],
  ])("one %s is refused, and stays as it is", async (_, index) => {
    const collection = collectionOf(url);
    await collection.createIndexes([index]);
    const before = await collection.indexes();
    const error = await failure(mongodbStore({ collection }).setup?.());
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain(collection.collectionName);
    expect(error.message).toContain("mongodbIndexes()");
    expect(await collection.indexes()).toEqual(before);
  });

  test.each([
    ["of another key", { key: { body: 1 as const }, name: "coatcheck_user" }, "coatcheck_user"],
    ["that removes sessions at once", { ...mongodbIndexes()[0]!, expireAfterSeconds: 0 }, "coatcheck_expiry"],
    [
      "of all documents",
      { key: { expiresAt: 1 as const }, name: "coatcheck_expiry", expireAfterSeconds: 86_400 },
      "coatcheck_expiry",
    ],
  ])("B91: one %s stays as it is, the others are made, and the observer is told", async (_, index, lacking) => {
    const collection = collectionOf(url);
    await collection.createIndexes([index]);
    const { store, told } = withWarnings({ collection });
    expect(await store.create(record(), now)).toBe(true);
    expect(told).toEqual([
      expect.stringContaining(`MISSING_INDEX: The collection "${collection.collectionName}" lacks`),
    ]);
    expect(told[0]).toContain(`"name":"${lacking}"`);
    expect(await namesOf(collection)).toEqual(names);
    expect(await collection.indexes()).toContainEqual(expect.objectContaining(index));
  });

  test("B91: one under another name serves", async () => {
    const collection = collectionOf(url);
    await collection.createIndexes([{ ...mongodbIndexes()[2]!, name: "mine" }]);
    const { store, told } = withWarnings({ collection });
    expect(await store.create(record(), now)).toBe(true);
    expect(told).toEqual([]);
    expect(await namesOf(collection)).toEqual(["_id_", "coatcheck_expiry", "coatcheck_user", "mine"]);
  });

  test("B91: one that was dropped where the store makes none is missed, and the store goes on", async () => {
    const collection = collectionOf(url);
    await collection.createIndexes(mongodbIndexes());
    await collection.dropIndex("coatcheck_user");
    const { store, told } = withWarnings({ collection, createIndexes: false });
    expect(await store.create(record({ userId: "ada" }), now)).toBe(true);
    expect((await store.list?.("session", { userId: "ada", limit: 5 }, now))?.records).toHaveLength(1);
    expect(told).toEqual([expect.stringContaining('createIndex({"_id.namespace":1,"userId":1')]);
  });

  test("a collection with a collation is refused, and stays as it is", async () => {
    const { db, collectionName } = collectionOf(url);
    const collection = await db.createCollection(collectionName, { collation: { locale: "en", strength: 2 } });
    const error = await failure(mongodbStore({ collection }).setup?.());
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain("collation");
    expect(await namesOf(collection)).toEqual(["_id_"]);
  });

  test("createIndexes: false takes what a migration created, and asks for what is missing", async () => {
    const collection = collectionOf(url);
    const store = mongodbStore({ collection, createIndexes: false });
    const error = await failure(store.create(record(), now));
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toContain("collection.createIndexes(mongodbIndexes())");
    await collection.createIndexes(mongodbIndexes());
    expect(await store.create(record(), now)).toBe(true);
    expect(await namesOf(collection)).toEqual(names);
  });

  test("indexes and fields of the application do not matter", async () => {
    const collection = collectionOf(url);
    await collection.createIndex({ body: 1 }, { name: "mine" });
    const store = mongodbStore({ collection });
    await store.create(record(), now);
    await collection.updateOne({}, { $set: { note: "hello" } });
    expect(await store.read(record(), now)).toEqual(record());
    await store.replace(next(record()), stamp(1), now);
    expect(await collection.findOne()).toMatchObject({ note: "hello", version: 2 });
  });
});

describe.runIf(mongodbKind === "server")("on a real server", () => {
  test("B44 B53: every command finds its documents by an index", async () => {
    const { collection, sent } = watchedCollection(url);
    const store = mongodbStore({ collection });
    for (let n = 0; n < 2_000; n++) {
      await store.create(record({ id: `id-${n}`, userId: `user-${n % 500}`, createdAt: now + n }), now);
    }
    sent();
    const after = `${now + 1_000}.id-1000`;
    await store.read(record({ id: "id-1" }), now);
    await store.replace(next(record({ id: "id-1" })), stamp(1), now);
    await store.touch(record({ id: "id-2" }), stamp(1), now, now + hour, now);
    await store.list?.("session", { limit: 5, cursor: after }, now);
    await store.list?.("session", { userId: "user-3", limit: 5 }, now);
    await store.prune?.(now, 5);
    await store.delete(record({ id: "id-3" }));
    const examined: unknown[] = [];
    for (const { lsid, $db, $clusterTime, ...explain } of sent()) {
      const plan = JSON.stringify(await collection.db.command({ explain, verbosity: "executionStats" }));
      expect(plan).not.toContain("COLLSCAN");
      examined.push(Math.max(...[...plan.matchAll(/"totalDocsExamined":(\d+)/g)].map(([, n]) => Number(n))));
    }
    expect(examined.every((n) => Number(n) <= 10)).toBe(true);
  });
});

describe("options", () => {
  const collection = collectionOf.bind(undefined, url);

  test.each([
    [{}, /needs a "url"/],
    [{ collection: "sessions" }, /needs a "url"/],
    [{ url: "" }, /url must begin with/],
    [{ url: "localhost:27017" }, /url must begin with/],
    [{ url: "mongodb://" }, /url must begin with/],
    [{ url: 7 as never }, /url must begin with/],
    [{ url, database: "" }, /database must be a name/],
    [{ url, database: "a/b" }, /database must be a name/],
    [{ url, collection: "" }, /collection must be/],
    [{ url, collection: "system.users" }, /collection must be/],
    [{ url, collection: "a$b" }, /collection must be/],
    [{ url, collection: "a..b" }, /collection must be/],
    [{ url, collection: "a\0b" }, /collection must be/],
    [{ url, collection: "x".repeat(121) }, /collection must be/],
    [{ url, createIndexes: "no" as never }, /createIndexes must be/],
    [{ collection: null as never }, /6\.20 or newer/],
    [{ collection: { collectionName: "x" } as never }, /6\.20 or newer/],
  ])("%j is refused", (options, message) => {
    expect(() => mongodbStore(options)).toThrow(message);
    expect(() => mongodbStore(options)).toThrow(SessionError);
  });

  test("a collection, or a url and names", () => {
    expect(() => mongodbStore({ collection: collection(), url })).toThrow(/not both/);
    expect(() => mongodbStore({ collection: collection(), database: "app" })).toThrow(/not both/);
  });

  test("database and collection say where; without them the url and coatcheck_sessions do", async () => {
    const database = newName();
    const store = mongodbStore({ url, database });
    await store.create(record(), now);
    await store.close?.();
    const { db } = collectionOf(url);
    const place = db.client.db(database).collection("coatcheck_sessions");
    expect(await place.countDocuments()).toBe(1);
    await place.drop();
  });

  test("B50: a url that the driver refuses is an error that does not tell the password", async () => {
    for (const bad of ["mongodb://ada:s3cret:x@localhost", "mongodb://ada:s3cret@localhost/?tls=perhaps&s3cret=1"]) {
      const error = await failure(mongodbStore({ url: bad }).setup?.());
      expect(error.code).toBe("INVALID_OPTION");
      expect(error.message).not.toContain("s3cret");
      expect(error.cause).toBeUndefined();
    }
  });

  test("a missing package is one clear sentence", async () => {
    const missing = Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
    const error = await failure(openClient(url, undefined, "x", () => Promise.reject(missing)));
    expect(error.code).toBe("STORE_UNAVAILABLE");
    expect(error.message).toContain("npm install mongodb");
    expect(error.cause).toBe(missing);
  });
});

describe("close", () => {
  test("close() leaves the application's client open", async () => {
    const collection = collectionOf(url);
    const store = mongodbStore({ collection });
    await store.create(record(), now);
    await store.close?.();
    expect(await collection.countDocuments()).toBe(1);
    expect((await failure(store.read(record(), now))).message).toContain("closed");
  });

  test("close() ends the store's own client, and one that is connecting", async () => {
    const name = newName();
    const used = mongodbStore({ url, collection: name });
    await used.create(record(), now);
    await used.close?.();
    expect((await failure(used.create(record(), now))).code).toBe("STORE_UNAVAILABLE");
    const late = mongodbStore({ url, collection: name });
    const work = problem(late.create(record({ id: "late" }), now));
    await late.close?.();
    expect((await work).message).toContain("Nothing was written");
    expect(await collectionOf(url, {}, name).countDocuments()).toBe(1);
  });

  test("a client that the application closed is an error", async () => {
    const client = new MongoClient(url);
    const store = mongodbStore({ collection: client.db().collection(newName()) });
    await client.close();
    const error = await failure(store.read(record(), now));
    expect(error.code).toBe("STORE_UNAVAILABLE");
    expect(error.cause).not.toBeInstanceOf(MongoServerError);
  });
});
