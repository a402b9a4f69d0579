import { type AdapterUnderTest, adapterConformance } from "coatcheck/testing";
import { beforeAll, describe, test } from "vitest";
import { runCase, startWorker, type Worker } from "./_worker.ts";

describe("B29: sessions.handle in a worker keeps the contract of adapters", () => {
  let worker: Worker;
  beforeAll(async () => {
    worker = await startWorker("adapter-worker.ts", { name: "suite", serviceBindings: { SELF: "suite" } });
  });

  // Only the titles are of interest here.
  for (const { title } of adapterConformance({} as AdapterUnderTest)) test(title, () => runCase(worker, title));
});
