import { createSessions, SessionError, type SessionStore, type StoreCall } from "coatcheck";
import { mongodbStore } from "coatcheck/stores/mongodb";
import { MongoClient, type MongoClientOptions } from "mongodb";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { stamp } from "../../../src/testing/store/rule.ts";
import type { Awaitable } from "../../../src/types/awaitable.ts";
import { deferred } from "../../support/adapters/node.ts";
import { proxied } from "../../support/proxy/proxied.ts";
import { type MongodbServer, startMongodb } from "../../support/servers/mongodb.ts";
import { collectionOf, failure, hour, newName, next, now, problem, record } from "../../support/stores/mongodb.ts";
import { patient } from "../../support/stores/stores.ts";

let server: MongodbServer;
let admin: MongoClient;
beforeAll(async () => {
  server = await startMongodb();
  admin = new MongoClient(server.url);
});
afterAll(async () => {
  await admin?.close();
  await server?.dispose();
});

/** The server treats the next command of this name as told. */
async function failNext(command: string, data: object): Promise<void> {
  const times = { mode: { times: 1 }, data: { failCommands: [command], ...data } };
  await admin.db("admin").command({ configureFailPoint: "failCommand", ...times });
}

/** A store with a session, and another one that looks at what became of it. */
async function twoStores(options: MongoClientOptions = {}, url: string = server.url) {
  const name = newName();
  const witness = mongodbStore({ collection: collectionOf(server.url, {}, name) });
  await witness.create(record(), now);
  const store = mongodbStore({ collection: collectionOf(url, options, name) });
  await store.setup?.();
  return { store, witness };
}

/** A store with a client of its own. */
function ownStore(url: string): SessionStore {
  const store = mongodbStore({ url, collection: newName() });
  onTestFinished(() => store.close?.());
  return store;
}

interface Write {
  /** MongoDB's name for it. */
  readonly command: string;
  run(store: SessionStore, call?: StoreCall): Awaitable<boolean>;
  happened(witness: SessionStore): Promise<boolean>;
}

const fresh = record({ id: "fresh" });
const writes: Readonly<Record<string, Write>> = {
  create: {
    command: "insert",
    run: (store, call) => store.create(fresh, now, call),
    happened: async (witness) => (await witness.read(fresh, now)) !== undefined,
  },
  replace: {
    command: "update",
    run: (store, call) => store.replace(next(record()), stamp(1), now, call),
    happened: async (witness) => (await witness.read(record(), now))?.version === 2,
  },
  touch: {
    command: "update",
    run: (store, call) => store.touch(record(), stamp(1), now + 1, now + 2 * hour, now, call),
    happened: async (witness) => (await witness.read(record(), now))?.lastSeenAt === now + 1,
  },
  delete: {
    command: "delete",
    run: (store, call) => store.delete(record(), call),
    happened: async (witness) => (await witness.read(record(), now)) === undefined,
  },
};

describe.each(Object.entries(writes))("B40: a %s", (_, { command, run, happened }) => {
  test.each([
    ["NotWritablePrimary", 10_107],
    ["NotPrimaryNoSecondaryOk", 13_435],
    ["InterruptedDueToReplStateChange", 11_602],
    ["PrimarySteppedDown", 189],
    ["Unauthorized", 13],
    ["OutOfDiskSpace", 14_031],
  ])("B40: a %s that the server refuses with %s was not done, and can be repeated", async (_, errorCode) => {
    const { store, witness } = await twoStores();
    await failNext(command, { errorCode });
    const error = await failure(run(store));
    expect(error.code).toBe("STORE_UNAVAILABLE");
    expect(error.message).toContain("nothing was written");
    expect(error.cause).toMatchObject({ code: errorCode });
    expect(await happened(witness)).toBe(false);
    expect(await run(store)).toBe(true);
    expect(await happened(witness)).toBe(true);
  });

  test.each([
    ["that says it shuts down", { errorCode: 91 }],
    ["with an error that nobody foresaw", { errorCode: 1_234 }],
    ["that closes the connection", { closeConnection: true }],
  ])("to a server %s has an unknown outcome", async (_, trouble) => {
    const { store, witness } = await twoStores();
    await failNext(command, trouble);
    expect(await problem(run(store))).not.toBeInstanceOf(SessionError);
    expect(await happened(witness)).toBe(false);
    expect(await run(store)).toBe(true);
  });

  test.each([
    ["WriteConcernFailed", 64],
    ["PrimarySteppedDown", 189],
    ["NotWritablePrimary", 10_107],
  ])("B40: a %s whose replication fails with %s has an unknown outcome", async (_, code) => {
    const { store, witness } = await twoStores();
    await failNext(command, { writeConcernError: { code, errmsg: "waiting for replication" } });
    expect(await problem(run(store))).not.toBeInstanceOf(SessionError);
    expect(await happened(witness)).toBe(true);
  });

  test("B40: a %s whose connection is cut after the server did it has an unknown outcome, and is not sent again", async () => {
    const proxy = await proxied(server.url);
    const { store, witness } = await twoStores({ retryWrites: true }, proxy.url);
    void proxy.once({ kind: "after" }, { match: command });
    expect(await problem(run(store))).not.toBeInstanceOf(SessionError);
    expect(proxy.struck.after).toBe(1);
    expect(await happened(witness)).toBe(true);
    expect(await happened(store)).toBe(true);
  });

  test("B40: a %s whose connection is cut before the server has it has an unknown outcome, and is not done later", async () => {
    const proxy = await proxied(server.url);
    const { store, witness } = await twoStores({ retryWrites: true }, proxy.url);
    void proxy.once({ kind: "before" }, { match: command });
    expect(await problem(run(store))).not.toBeInstanceOf(SessionError);
    expect(await happened(store)).toBe(false);
    expect(await run(store)).toBe(true);
    expect(await happened(witness)).toBe(true);
  });

  test("B40: a %s that is given up while it waits for a connection is never sent", async () => {
    const { store, witness } = await twoStores({ maxPoolSize: 1 });
    await failNext("find", { blockConnection: true, blockTimeMS: 300 });
    const busy = store.read(record(), now);
    const controller = new AbortController();
    const waiting = problem(run(store, controller));
    const reason = new Error("given up");
    controller.abort(reason);
    expect(await waiting).toBe(reason);
    expect(await busy).toEqual(record());
    // Its turn would have been before that of this one.
    await store.count?.("session", now);
    expect(await happened(witness)).toBe(false);
  });

  test("under a signal that is aborted already is never sent", async () => {
    const { store, witness } = await twoStores();
    await problem(run(store, { signal: AbortSignal.abort() }));
    await store.count?.("session", now);
    expect(await happened(witness)).toBe(false);
  });
});

describe("B40: reads", () => {
  const reads: Readonly<Record<string, (store: SessionStore) => unknown>> = {
    find: (store) => store.read(record(), now),
    aggregate: (store) => store.count?.("session", now),
    hello: (store) => store.time?.(),
  };
  test.each(Object.entries(reads))("whatever becomes of %s, nothing was written", async (command, run) => {
    const { store } = await twoStores();
    for (const trouble of [{ errorCode: 1_234 }, { closeConnection: true }]) {
      await failNext(command, trouble);
      expect((await failure(run(store))).code).toBe("STORE_UNAVAILABLE");
    }
  });
});

describe("B10: of two creates that meet in the server one is told E11000", () => {
  test("B10: the second of two creates that meet returns false, although nothing can be read yet", async ({ skip }) => {
    skip(server.kind === "server", "no fail point of MongoDB's says that");
    const { store } = await twoStores();
    await failNext("insert", {
      writeError: { code: 11_000, errmsg: "E11000 duplicate key error", keyPattern: { _id: 1 } },
    });
    expect(await store.create(fresh, now)).toBe(false);
    expect(await store.read(fresh, now)).toBeUndefined();
  });

  test("64 times, by two clients", async () => {
    const { store, witness } = await twoStores();
    for (let n = 0; n < 64; n++) {
      const one = record({ id: `id-${n}` });
      const results = await Promise.all([store.create(one, now), witness.create(one, now)]);
      expect(results.filter(Boolean)).toHaveLength(1);
    }
  });
});

test("B44: eight stores that prune at the same time delete each expired session once, and no other", async () => {
  const name = newName();
  const stores = Array.from({ length: 8 }, () => mongodbStore({ collection: collectionOf(server.url, {}, name) }));
  const [store] = stores as [SessionStore];
  await Promise.all(
    Array.from({ length: 600 }, (_, n) =>
      store.create(record({ id: `id-${n}`, expiresAt: n % 3 === 0 ? now + hour : now }), now - hour),
    ),
  );
  const pruned = await Promise.all(
    stores.map(async (one) => {
      let total = 0;
      for (let last = 1; last > 0; total += last) last = (await one.prune?.(now, 25)) ?? 0;
      return total;
    }),
  );
  expect(pruned.reduce((sum, n) => sum + n)).toBe(400);
  expect(await store.count?.("session", now)).toBe(200);
});

test("B44: a session that is touched after prune found it expired stays", async () => {
  const collection = collectionOf(server.url);
  const [begun, touched] = [deferred(), deferred()];
  // The deletion is on its way for as long as the touch takes.
  const command = collection.db.command.bind(collection.db);
  collection.db.command = async (asked, options) => {
    if ("delete" in asked) {
      begun.resolve();
      await touched.promise;
    }
    return command(asked, options);
  };
  const store = mongodbStore({ collection });
  await store.create(record({ expiresAt: now + 1 }), now);
  const pruning = store.prune?.(now + 1, 10);
  await begun.promise;
  expect(await store.touch(record(), stamp(1), now, now + hour, now)).toBe(true);
  touched.resolve();
  expect(await pruning).toBe(0);
  expect(await store.read(record(), now + 1)).toBeDefined();
});

describe("B40: the server", () => {
  test("B40: a MongoDB server is down at the start: the error comes in time and says why, and the store works once it is up", async () => {
    const proxy = await proxied(server.url);
    proxy.refuse();
    const sessions = createSessions({ ...patient, store: ownStore(proxy.url), observer: () => {} });
    onTestFinished(() => sessions.close());
    const error = await failure(sessions.issue({ data: { n: 1 } }));
    expect(error.code).toBe("STORE_UNAVAILABLE");
    expect(error.message).toContain("ECONNREFUSED");
    await proxy.accept();
    const { id } = await sessions.issue({ data: { n: 1 } });
    expect(await sessions.find(id)).toBeDefined();
  });

  test("B40: a MongoDB server is a black hole: the error comes by itself", async () => {
    const proxy = await proxied(server.url);
    proxy.set({ kind: "drop" });
    const error = await failure(ownStore(proxy.url).setup?.());
    expect(error.code).toBe("STORE_UNAVAILABLE");
    expect(error.message).toContain("prepare the session collection");
  });

  test("B40: a MongoDB server takes long to get ready: what is given up before that is never sent", async () => {
    const store = ownStore(server.url);
    await failNext("listIndexes", { blockConnection: true, blockTimeMS: 200 });
    const controller = new AbortController();
    const work = failure(store.create(record(), now, controller));
    controller.abort();
    expect((await work).message).toContain("too late");
    expect(await store.count?.("session", now)).toBe(0);
  });

  test("B40: a MongoDB server refuses the indexes: the error says what to do", async () => {
    const store = ownStore(server.url);
    await failNext("createIndexes", { errorCode: 13 });
    const error = await failure(store.create(record(), now));
    expect(error.code).toBe("STORE_UNAVAILABLE");
    expect(error.message).toContain("readWrite");
    expect(error.message).toContain("createIndexes to false");
    expect(await store.create(record(), now)).toBe(true);
  });

  test("B40: a MongoDB server does not show its indexes: createIndexes: false is believed", async () => {
    const store = mongodbStore({ url: server.url, collection: newName(), createIndexes: false });
    await failNext("listIndexes", { errorCode: 13 });
    expect(await store.create(record(), now)).toBe(true);
    await store.close?.();
  });

  test("stands still: what is given up before that has no effect later, and the store can be closed", async () => {
    const own = await startMongodb();
    onTestFinished(() => own.dispose());
    const [store, closing] = [ownStore(own.url), ownStore(own.url)];
    await store.create(record(), now);
    await closing.create(record(), now);
    await own.freeze();
    const controller = new AbortController();
    const work = problem(store.touch(record(), stamp(1), now + 1, now + hour, now, controller));
    controller.abort(new Error("given up"));
    expect((await work).message).toBe("given up");
    await closing.close?.();
    await own.thaw();
    expect(await store.replace(next(record()), stamp(1), now)).toBe(true);
  });

  test("B40: a MongoDB server is killed and comes back: what was acknowledged is there, and the same store goes on", async () => {
    const own = await startMongodb();
    onTestFinished(() => own.dispose());
    const store = ownStore(own.url);
    await store.create(record(), now);
    await store.replace(next(record()), stamp(1), now);
    await own.kill("SIGKILL");
    expect((await failure(store.read(record(), now))).code).toBe("STORE_UNAVAILABLE");
    await own.restart();
    expect(await store.read(record(), now)).toEqual(next(record()));
    expect(await store.delete(record())).toBe(true);
  });
});
