import { storeConformance } from "coatcheck/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { runCase, startWorker, type Worker } from "./_worker.ts";

describe("B9 B10 B12 B18 B51 B52: D1 keeps the contract", () => {
  let worker: Worker;
  beforeAll(async () => {
    worker = await startWorker("d1-worker.ts", { d1Databases: ["DB"] });
  });

  const titles = storeConformance(() => Promise.reject());
  for (const { title } of titles) test(title, () => runCase(worker, title));
});

describe("D1's table", () => {
  let worker: Worker;
  beforeAll(async () => {
    worker = await startWorker("setup-worker.ts", { d1Databases: ["DB"] });
  });

  test.each([
    ["first use", { created: 1, later: ["SELECT", "UPDATE"] }],
    [
      "not allowed to create",
      { code: "INVALID_OPTION", message: expect.stringMatching(/"absent" does not exist.+storeSchema/) },
    ],
    [
      "somebody else's table",
      { code: "INVALID_OPTION", message: expect.stringMatching(/"theirs" is not one of the session store/) },
    ],
    ["given up before the table was ready", { code: "STORE_UNAVAILABLE", count: 0 }],
  ])("%s", async (scene, expected) => {
    expect(await (await worker.fetch(`/${scene}`)).json()).toEqual(expected);
  });
});
