import { MongoClient } from "mongodb";
import { afterAll, describe, inject, test } from "vitest";
import { mongodbStore } from "../../src/stores/mongodb.ts";
import { storeConformance } from "../../src/testing/store-conformance.ts";

const url = inject("mongodb") as string;
const client = new MongoClient(url);
const db = client.db(`coatcheck_test_${process.pid}`);
let collections = 0;
afterAll(async () => {
  await client.close();
});

describe("B9 B10 B12 B18 B51 B52: with a collection of the driver", () => {
  for (const { title, run } of storeConformance(() =>
    mongodbStore({ collection: db.collection(`given_${++collections}`) }),
  ))
    test(title, run);
});
describe("B9 B10 B12 B18 B51 B52: with a url", () => {
  for (const { title, run } of storeConformance(() => mongodbStore({ url, collection: `own_${++collections}` })))
    test(title, run);
});
