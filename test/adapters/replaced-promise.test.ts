import { expect, test } from "vitest";
import { fork } from "../support/processes/workers.ts";

const hosts = ["express 5", "express 4", "koa", "fastify", "node:http", "hono", "handle()"];

test.each([
  ["zone.js", "before"],
  ["zone.js", "after"],
  ["bluebird", "before"],
  ["bluebird", "after"],
])("B62: with the global Promise of %s, put there %s the library was loaded, nothing is lost", async (kind, order) => {
  const { seen, problems } = JSON.parse(await fork("promise-worker.ts", [kind, order]));
  for (const host of hosts) {
    expect(seen[host], host).toEqual(["1 1", "2 2", "set", "101 3", 503, "", "102 4"]);
  }
  expect(seen.sealed).toBe("7");
  expect(problems).toEqual([]);
});
