import { beforeAll, describe, expect, test } from "vitest";
import { vectorCases } from "./_vectors.ts";
import { runCase, startWorker, type Worker } from "./_worker.ts";

describe("B33: in a worker", () => {
  let worker: Worker;
  beforeAll(async () => {
    worker = await startWorker("vectors-worker.ts");
  });

  for (const { title } of vectorCases) test(title, () => runCase(worker, title));

  test("there are vectors of every kind", () => {
    const kinds = new Set(vectorCases.map(({ title }) => title.split(/[ :,]/, 1)[0]));
    expect([...kinds]).toEqual(["SHA-256", "HMAC-SHA-256", "sealed", "signed", "record"]);
  });
});
