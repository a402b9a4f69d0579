import { randomBytes } from "node:crypto";
import type { SessionStore } from "coatcheck";
import { openStore } from "coatcheck/stores/open";
import type { StoreAbility } from "coatcheck/testing";
import { afterAll, describe } from "vitest";
import { service } from "../service.ts";
import type { ServiceName } from "../setup/services.ts";
import { dropPlaces } from "./content.ts";
import { testFolder } from "./file/folder.ts";

/** A kind of store that the tests run on. */
export interface StoreUnderTest {
  /** For `openStore`; each time another place, empty and deleted after the tests of the file. */
  url(): string;
  /** A store in such a place. */
  make(): Promise<SessionStore>;
  /** What the store does not have. */
  readonly without: readonly StoreAbility[];
  /** Why it cannot be had on this machine. */
  readonly missing?: string | undefined;
}

/** Every store that a URL can name. A new one is a new line here. */
const stores = {
  memory: embedded(() => "memory:"),
  file: embedded(() => `file:${newPath()}`),
  SQLite: embedded(() => `sqlite:${newPath()}.db`),
  PostgreSQL: onServer("postgres", "POSTGRES_URL", "table"),
  MariaDB: onServer("mysql", "MYSQL_URL", "table"),
  Redis: onServer("redis", "REDIS_URL", "prefix", ["prune"]),
  "Redis Cluster": onServer("redisCluster", "REDIS_CLUSTER_URL", "prefix", ["prune"]),
  MongoDB: onServer("mongodb", "MONGODB_URL", "collection"),
} satisfies Readonly<Record<string, () => Promise<StoreUnderTest>>>;

export type StoreName = keyof typeof stores;

export const storeNames = Object.keys(stores) as StoreName[];

export const embeddedStores: readonly StoreName[] = ["memory", "file", "SQLite"];
export const serverStores: readonly StoreName[] = storeNames.filter((name) => !embeddedStores.includes(name));

/** Starts the store's server when the first test asks for it. */
export const storeUnderTest = (name: StoreName): Promise<StoreUnderTest> => stores[name]();

/** The named ones. */
export async function storesUnderTest(names: readonly StoreName[]): Promise<Record<string, StoreUnderTest>> {
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await storeUnderTest(name)] as const)));
}

/** Options of managers in tests that are not about time limits: a slow machine is no failure. */
export const patient = { storeTimeout: "60s", commitTimeout: "60s" } as const;

/** Another store over a place, as another process would have it; closed after the tests of the file, as `make()`'s are. */
export async function openAgain(url: string): Promise<SessionStore> {
  const store = await openStore(url);
  opened.push(store);
  return store;
}

/** `describe` for tests of a store, left out with the reason where it cannot be had. */
export function describeStore(title: string, { missing }: Pick<StoreUnderTest, "missing">, tests: () => void): void {
  if (missing === undefined) describe(title, tests);
  // Such as a server that this machine cannot run. In CI one that is missing is a failure of the set-up.
  else describe.skip(`${title} (left out: ${missing})`, tests);
}

function embedded(url: () => string): () => Promise<StoreUnderTest> {
  return async () => ({ url, make: () => openAgain(url()), without: [] });
}

/** In the database of a server that all tests share. The parameter gives each store a place of its own there. */
function onServer(
  name: ServiceName,
  variable: string,
  parameter: "table" | "prefix" | "collection",
  without: readonly StoreAbility[] = [],
): () => Promise<StoreUnderTest> {
  return async () => {
    const server = await service(name);
    if (server === undefined) {
      const missing = `set ${variable}`;
      const refuse = () => {
        throw new Error(missing);
      };
      return { url: refuse, make: refuse, without, missing };
    }
    const url = () => {
      const place = `${server}${server.includes("?") ? "&" : "?"}${parameter}=test_${randomBytes(8).toString("hex")}`;
      places.push(place);
      return place;
    };
    return { url, make: () => openAgain(url()), without };
  };
}

const opened: SessionStore[] = [];
const places: string[] = [];
const newPath = testFolder("stores");

afterAll(async () => {
  await Promise.all(opened.map((store) => store.close?.()));
  await dropPlaces(places);
});
