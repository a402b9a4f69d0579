import { storeConformance } from "coatcheck/testing";
import { beforeAll, describe, test } from "vitest";
import { runCase, startWorker, type Worker } from "./_worker.ts";

let worker: Worker;
beforeAll(async () => {
  worker = await startWorker("durable-object-worker.ts", {
    durableObjects: { SESSIONS: { className: "SessionShard", useSQLite: true } },
  });
});

describe.each(["1", "5"])("B9 B10 B12 B18 B51 B52: %s Durable Objects keep the contract", (shards) => {
  const titles = storeConformance(() => Promise.reject(), { without: ["prune"] });
  for (const { title } of titles) test(title, () => runCase(worker, title, shards));
});
