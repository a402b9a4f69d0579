import { expect, test } from "vitest";
import { bundle } from "./_bundle.ts";
import { startWorker } from "./_worker.ts";

test("no module of Node reaches a worker: its bundle imports nothing, and runs without nodejs_compat", async () => {
  const { meta } = await bundle("plain-worker.ts");
  const [output] = Object.values(meta.outputs);
  expect(output?.imports).toEqual([]);
  const inputs = Object.keys(meta.inputs);
  expect(inputs).toContain("dist/crypto/web.js");
  expect(inputs).not.toContain("dist/crypto/node.js");
  for (const store of ["d1", "durable-object", "cookie", "memory"]) {
    expect(inputs).toContain(`dist/stores/${store}/index.js`);
  }

  const worker = await startWorker("plain-worker.ts");
  expect(await (await worker.fetch("/")).json()).toEqual({ globals: ["undefined", "undefined"], views: [1, 1] });
});
