import { d1Store } from "coatcheck/stores/d1";
import { durableObjectStore } from "coatcheck/stores/durable-object";
import { beforeAll, describe, expect, test } from "vitest";
import { startWorker, type Worker } from "./_worker.ts";

describe("a binding that is no place for sessions is refused with the reason:", () => {
  let worker: Worker;
  beforeAll(async () => {
    worker = await startWorker("bindings-worker.ts", {
      d1Databases: ["DB"],
      kvNamespaces: ["KV"],
      durableObjects: { SESSIONS: { className: "SessionShard", useSQLite: true } },
    });
  });

  const kv = /Workers KV\. It has no compare-and-set.+ old values/;
  test.each([
    ["KV as D1", kv],
    ["KV as Durable Objects", kv],
    ["KV through unstorage", kv],
    ["a session of D1", /withSession\(\).+replica/],
    ["Durable Objects as D1", /^database must be a D1 binding.+d1_databases/],
    ["D1 as Durable Objects", /^namespace must be a binding of Durable Objects.+durable_objects/],
  ])("%s", async (mistake, sentence) => {
    const refusal = await (await worker.fetch(`/${mistake}`)).json();
    expect(refusal).toEqual({ code: "INVALID_OPTION", message: expect.stringMatching(sentence) });
  });
});

const never = () => {
  throw new Error("not to be asked");
};
const database = { prepare: never, batch: never };
const namespace = { idFromName: never, get: never };

test.each([undefined, null, "DB", 1, {}])("a binding that is not there: %j", (binding) => {
  expect(() => d1Store({ database: binding as never })).toThrow(/d1_databases/);
  expect(() => durableObjectStore({ namespace: binding as never })).toThrow(/durable_objects/);
});

test.each([
  [{ table: "a b" }, /^table must be a name/],
  [{ createTable: 1 as never }, /^createTable must be true or false/],
])("d1Store: %j", (option, sentence) => {
  expect(() => d1Store({ database, ...option })).toThrow(sentence);
});

test.each([
  [{ shards: 0 }, /^shards must be an integer from 1 to 256/],
  [{ shards: 257 }, /^shards/],
  [{ shards: 1.5 }, /^shards/],
  [{ prefix: 7 as never }, /^prefix must be a string/],
])("durableObjectStore: %j", (option, sentence) => {
  expect(() => durableObjectStore({ namespace, ...option })).toThrow(sentence);
});
