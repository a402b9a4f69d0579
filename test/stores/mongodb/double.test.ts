import { type Collection, type Document, MongoClient } from "mongodb";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startMongodbDouble } from "../../support/servers/mongodb-double.ts";
import type { OwnServer } from "../../support/servers/own-server.ts";
import { newName, problem } from "../../support/stores/mongodb.ts";

// A store must not be able to rely on what the double lets pass and MongoDB would not.

let double: OwnServer;
let client: MongoClient;
beforeAll(async () => {
  double = await startMongodbDouble();
  client = new MongoClient(double.url);
});
afterAll(async () => {
  await client?.close();
  await double?.dispose();
});

const newCollection = (): Collection<Document> => client.db().collection(newName());

test.each<[string, (collection: Collection<Document>) => Promise<unknown>]>([
  ["a command", ({ db }) => db.command({ shutdown: 1 })],
  ["a field of a command", ({ db, collectionName }) => db.command({ find: collectionName, allowDiskUse: true })],
  ["a field of a write concern", ({ db }) => db.command({ drop: "x", writeConcern: { w: 1, fsync: true } })],
  ["an operator of filters", (collection) => collection.findOne({ a: { $regex: "x" } })],
  ["an operator at the top of a filter", (collection) => collection.findOne({ $where: "true" })],
  ["a type", (collection) => collection.findOne({ a: { $type: "decimal" } })],
  [
    "a way through an array",
    async (collection) => {
      await collection.insertOne({ a: [{ b: 1 }] });
      return collection.findOne({ "a.b": 1 });
    },
  ],
  ["an operator of updates", (collection) => collection.updateOne({}, { $inc: { n: 1 } })],
  ["a stage of updates", (collection) => collection.updateOne({}, [{ $replaceWith: {} }])],
  ["an expression", (collection) => collection.updateOne({}, [{ $set: { n: { $add: ["$n", 1] } } }])],
  ["a variable", (collection) => collection.updateOne({}, [{ $set: { n: "$$NOW" } }])],
  ["a replacement", (collection) => collection.replaceOne({}, { n: 1 })],
  ["a stage of aggregations", (collection) => collection.aggregate([{ $out: "x" }]).toArray()],
  ["a projection", (collection) => collection.findOne({}, { projection: { a: 0 } })],
  ["a collation", (collection) => collection.findOne({}, { collation: { locale: "de" } })],
  ["a field of an index", (collection) => collection.createIndex({ a: 1 }, { wildcardProjection: { a: 1 } })],
  [
    "a transaction",
    ({ db }) =>
      client.withSession((session) =>
        session.withTransaction(() => db.collection("x").insertOne({}, { session }), { maxCommitTimeMS: 100 }),
      ),
  ],
])("%s that it does not know is an error", async (_, run) => {
  const error = await problem(run(newCollection()));
  expect(error.name).toBe("MongoServerError");
});

test("text compares by bytes, types do not mix, and what is missing is not there", async () => {
  const collection = newCollection();
  await collection.insertMany([{ a: "\u{1f9e5}" }, { a: "\uffff" }, { a: "a" }, { a: "B" }, { a: 5 }, {}]);
  const found = (filter: Document) =>
    collection
      .find(filter, { sort: { a: 1 } })
      .map(({ a }) => a as unknown)
      .toArray();
  expect(await found({ a: { $gt: "" } })).toEqual(["B", "a", "\uffff", "\u{1f9e5}"]);
  expect(await found({ a: { $gt: 4 } })).toEqual([5]);
  expect(await found({ a: { $exists: false } })).toEqual([undefined]);
  expect(await found({ a: { $in: ["a", 5] } })).toEqual([5, "a"]);
});

test("an update sees the document as it was, and what begins with a dollar sign is a field unless it is literal", async () => {
  const collection = newCollection();
  await collection.insertOne({ a: 1, b: 2, c: 3 });
  await collection.updateOne({ a: 1 }, [
    { $set: { a: "$b", b: "$a", c: { $literal: "$a" }, d: "$nothing" } },
    { $unset: ["e"] },
  ]);
  expect(await collection.findOne({}, { projection: { _id: 0, a: 1, b: 1, c: 1, d: 1 } })).toEqual({
    a: 2,
    b: 1,
    c: "$a",
  });
  expect((await problem(collection.updateOne({}, [{ $set: { _id: 1 } }]))).message).toContain("immutable");
});

test("a search of many batches gives each document once", async () => {
  const collection = newCollection();
  await collection.insertMany(Array.from({ length: 250 }, (_, n) => ({ n })));
  const numbers = await collection
    .find({}, { batchSize: 100, sort: { n: -1 }, skip: 10 })
    .map(({ n }) => n)
    .toArray();
  expect(numbers).toEqual(Array.from({ length: 240 }, (_, n) => 239 - n));
  expect(await collection.countDocuments({ n: { $lt: 7 } })).toBe(7);
});

test("a write that is repeated under its number is done once and has the same reply", async () => {
  const { db, collectionName } = newCollection();
  const insert = { insert: collectionName, documents: [{ _id: 1 }], txnNumber: 1_000_000n };
  await client.withSession(async (session) => {
    expect(await db.command(insert, { session })).toMatchObject({ ok: 1, n: 1 });
    const again = await db.command(insert, { session });
    expect(again).toMatchObject({ ok: 1, n: 1, retriedStmtIds: [0] });
    expect(again).not.toHaveProperty("writeErrors");
  });
  expect(await db.collection(collectionName).countDocuments()).toBe(1);
});

test("what was acknowledged survives kill -9, and nothing else of it does", async () => {
  const own = await startMongodbDouble();
  const ownClient = new MongoClient(own.url);
  onTestFinished(async () => {
    await ownClient.close();
    await own.dispose();
  });
  const [kept, dropped] = [
    ownClient.db().collection<{ _id: number; a?: string }>("kept"),
    ownClient.db().collection("dropped"),
  ];
  await kept.createIndex({ a: 1 }, { name: "mine" });
  await kept.insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }]);
  await kept.updateOne({ _id: 2 }, { $set: { a: "changed" } });
  await kept.deleteOne({ _id: 3 });
  await dropped.insertOne({});
  await dropped.drop();
  await own.kill("SIGKILL");
  await own.restart();
  expect(await kept.find().toArray()).toEqual([{ _id: 1 }, { _id: 2, a: "changed" }]);
  expect((await kept.indexes()).map(({ name }) => name)).toEqual(["_id_", "mine"]);
  expect(await dropped.countDocuments()).toBe(0);
});
