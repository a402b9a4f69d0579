import { storeConformance } from "coatcheck/testing";
import { beforeAll, describe, test } from "vitest";
import { runCase, startWorker, type Worker } from "./_worker.ts";

describe("B9 B10 B12 B18 B51 B52: D1 keeps the contract", () => {
  let worker: Worker;
  beforeAll(async () => {
    worker = await startWorker("d1-worker.ts", { d1Databases: ["DB"] });
  });

  const titles = storeConformance(() => Promise.reject());
  for (const { title } of titles) test(title, () => runCase(worker, title));
});
