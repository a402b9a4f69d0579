import { randomBytes } from "node:crypto";
import { generateKey } from "coatcheck";
import { createJar } from "coatcheck/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { service } from "../../support/service.ts";
import { dropPlaces } from "../../support/stores/content.ts";
import { startWorker, type Worker } from "./_worker.ts";

const [REDIS, POSTGRES] = [await service("redis"), await service("postgres")];
const PLACE = `test_${randomBytes(8).toString("hex")}`;

const stores = [
  { store: "memory", isStored: true },
  { store: "cookie", isStored: false },
  ...(REDIS === undefined ? [] : ["redis", "ioredis"]).map((store) => ({ store, isStored: true })),
  ...(POSTGRES === undefined ? [] : ["pg", "postgres"]).map((store) => ({ store, isStored: true })),
];

let worker: Worker;
beforeAll(async () => {
  worker = await startWorker("stores-worker.ts", {
    nodejs: true,
    bindings: { KEY: generateKey(), REDIS, POSTGRES, PLACE },
  });
});
afterAll(() =>
  dropPlaces([
    ...(REDIS === undefined ? [] : [`${REDIS}?prefix=${PLACE}:`]),
    ...(POSTGRES === undefined ? [] : [`${POSTGRES}?table=${PLACE}`]),
  ]),
);

describe.each(stores)("sessions of a worker in $store", ({ store, isStored }) => {
  function visitor() {
    const jar = createJar();
    const visit = async (action: string, cookie = jar.header(worker.url)) => {
      const response = await worker.fetch(`/${store}/${action}`, { headers: cookie === undefined ? {} : { cookie } });
      const body = await response.text();
      expect([response.status, body]).toEqual([200, expect.stringContaining("{")]);
      jar.store(worker.url, response.headers.getSetCookie());
      return JSON.parse(body) as { n: number; user: string };
    };
    return { visit, cookie: () => jar.header(worker.url) };
  }

  test("B2 B7: sessions of a worker are kept from request to request, and over a login", async () => {
    const ada = visitor();
    expect(await ada.visit("read")).toEqual({ n: 0, user: "nobody" });
    expect(ada.cookie()).toBe(undefined);
    await ada.visit("add");
    const before = ada.cookie();
    expect(await ada.visit("login")).toEqual({ n: 1, user: "ada" });
    expect(ada.cookie()).not.toBe(before);
    expect(await ada.visit("read")).toEqual({ n: 1, user: "ada" });
    expect(await visitor().visit("read")).toEqual({ n: 0, user: "nobody" });
  });

  test("B8: sessions of a worker end at once", async () => {
    const ada = visitor();
    await ada.visit("add");
    const copied = ada.cookie();
    await ada.visit("logout");
    expect(ada.cookie()).toBe(undefined);
    expect(await ada.visit("read")).toEqual({ n: 0, user: "nobody" });
    // A sealed cookie that was copied lives on: nobody else knows of it.
    expect((await visitor().visit("read", copied)).n).toBe(isStored ? 0 : 1);
  });

  // Of a sealed cookie the last response wins.
  if (!isStored) return;
  test("B11: sessions of a worker count what parallel requests add", async () => {
    const ada = visitor();
    await ada.visit("add");
    await Promise.all(Array.from({ length: 8 }, () => ada.visit("add")));
    expect((await ada.visit("read")).n).toBe(9);
  });
});
