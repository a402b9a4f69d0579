import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionStore } from "coatcheck";
import { keyvStore } from "coatcheck/bridges/keyv";
import { type UnstorageStorage, unstorageStore } from "coatcheck/bridges/unstorage";
import type { StoreAbility } from "coatcheck/testing";
import { Keyv } from "keyv";
import { createStorage, type Driver, prefixStorage } from "unstorage";
import fsDriver from "unstorage/drivers/fs";
import fsLiteDriver from "unstorage/drivers/fs-lite";
import lruCacheDriver from "unstorage/drivers/lru-cache";
import memoryDriver from "unstorage/drivers/memory";
import overlayDriver from "unstorage/drivers/overlay";
import redisDriver from "unstorage/drivers/redis";
import { service } from "../service.ts";
import { KeyvSqlite } from "./keyv-sqlite.ts";

/** Somebody else's store, empty. */
export interface Opened {
  /** A bridge over it; each call gives another one over the very same object. */
  bridge(): SessionStore;
  close?(): Promise<void> | void;
}

export interface Backing {
  readonly without: readonly StoreAbility[];
  /** Where it needs a server that is not there. */
  readonly isMissing?: boolean;
  open(): Promise<Opened> | Opened;
}

const run = `${process.pid}-${Date.now().toString(36)}`;
let opened = 0;
/** A place of one's own on a server that others use, too. */
export const newPrefix = (): string => `test-${run}-${++opened}`;

export function newFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "coatcheck-bridges-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function overUnstorage(makeDriver: () => Driver, isMissing = false): Backing {
  return {
    without: [],
    isMissing,
    open() {
      const storage = createStorage({ driver: makeDriver() });
      const prefix = `${newPrefix()}:`;
      const close = () => storage.clear().then(() => storage.dispose());
      return { bridge: () => unstorageStore({ storage, prefix }), close };
    },
  };
}

function inFolder(makeDriver: (base: string) => Driver): Backing {
  return {
    without: [],
    open() {
      const { folder, remove } = newFolder();
      const storage = createStorage({ driver: makeDriver(folder) });
      return { bridge: () => unstorageStore({ storage }), close: () => storage.dispose().then(remove) };
    },
  };
}

function within(wrap: (base: ReturnType<typeof createStorage>) => UnstorageStorage): Backing {
  return {
    without: [],
    open() {
      const storage = wrap(createStorage());
      return { bridge: () => unstorageStore({ storage }) };
    },
  };
}

const redis = await service("redis");

export const unstorageBackings: Readonly<Record<string, Backing>> = {
  memory: overUnstorage(() => memoryDriver()),
  "lru-cache": overUnstorage(() => lruCacheDriver({ max: 10_000 })),
  overlay: overUnstorage(() => overlayDriver({ layers: [memoryDriver(), memoryDriver()] })),
  fs: inFolder((base) => fsDriver({ base })),
  "fs-lite": inFolder((base) => fsLiteDriver({ base })),
  redis: overUnstorage(() => redisDriver({ url: redis ?? "", base: newPrefix() }), redis === undefined),
  "a prefix of a storage": within((base) => prefixStorage(base, "app:sessions")),
  "a storage with mounts": within((base) => {
    base.mount("coatcheck", memoryDriver());
    base.mount("other", memoryDriver());
    return base;
  }),
};

export const keyvBackings: Readonly<Record<string, Backing>> = {
  "a Map": {
    without: [],
    open() {
      const keyv = new Keyv();
      return { bridge: () => keyvStore({ keyv }) };
    },
  },
  "a Map, without serialising and with our prefix as its namespace": {
    without: [],
    open() {
      const keyv = new Keyv({ namespace: "coatcheck", serialize: undefined, deserialize: undefined } as object);
      return { bridge: () => keyvStore({ keyv }) };
    },
  },
  SQLite: {
    without: [],
    open() {
      const { folder, remove } = newFolder();
      const adapter = new KeyvSqlite(join(folder, "keyv.db"));
      const keyv = new Keyv({ store: adapter, throwOnErrors: true });
      return { bridge: () => keyvStore({ keyv }), close: () => adapter.disconnect().then(remove) };
    },
  },
  "an adapter that Keyv cannot iterate": {
    without: ["list", "prune", "clear", "count"],
    open() {
      const adapter = new KeyvSqlite(":memory:", "unheard-of");
      const keyv = new Keyv({ store: adapter, throwOnErrors: true });
      return { bridge: () => keyvStore({ keyv }), close: () => adapter.disconnect() };
    },
  },
};
