import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { workersKv } from "../../stores/shared/workers-kv.ts";
import { invalidOption } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { bridge, checkPrefix } from "../shared/bridge.ts";

/** The part of a storage of the package unstorage (1.10 and newer) that the bridge uses. */
export interface UnstorageStorage {
  getItem(key: string): Promise<unknown>;
  setItem(key: string, value: string, options?: { ttl?: number }): Promise<void>;
  removeItem(key: string): Promise<void>;
  getKeys(base?: string): Promise<string[]>;
  getMount?(key?: string): UnstorageMount;
  getMounts?(base?: string): readonly UnstorageMount[];
}

/** One mount of a storage of unstorage, as `getMounts()` tells it. */
export interface UnstorageMount {
  readonly base: string;
  readonly driver: { readonly name?: string };
}

/** Options of `unstorageStore()`. */
export interface UnstorageStoreOptions {
  /** Any storage, also a mounted or prefixed one. It stays open when the store is closed. */
  readonly storage: UnstorageStorage;
  /** Begins every key; to unstorage, a part that ends in a colon is a folder or a mount. @default "coatcheck:" */
  readonly prefix?: string | undefined;
}

const known: Known<UnstorageStoreOptions> = { storage: true, prefix: true };

/**
 * Keeps sessions in an unstorage storage. Correct within one process; several processes that write the same session at
 * the same moment can undo each other's changes, because unstorage cannot write conditionally. The driver
 * determines what survives a restart. It must return the latest write; those of Cloudflare KV do not, and are refused.
 *
 * `prune` deletes expired records; drivers that support a `ttl` also delete them themselves.
 *
 * @example
 * const sessions = createSessions({ store: unstorageStore({ storage: createStorage({ driver }) }) });
 *
 * @throws SessionError INVALID_OPTION
 */
export function unstorageStore(options: UnstorageStoreOptions): SessionStore {
  checkKeys(options, known, "unstorageStore()");
  const { storage } = options;
  const prefix = checkPrefix(options.prefix ?? "coatcheck:");
  if (typeof storage?.getItem !== "function" || typeof storage.setItem !== "function") {
    throw invalidOption("storage must be the result of createStorage() of the package unstorage.");
  }
  const folder = prefix.slice(0, prefix.lastIndexOf(":") + 1);
  if (isInWorkersKv(storage, folder)) throw workersKv();
  return bridge({
    name: "unstorage",
    owner: storage,
    prefix,
    cleaner: "bridge",
    values: {
      get: async (key) => storage.getItem(key),
      set: async (key, text, lifetime) => storage.setItem(key, text, { ttl: Math.ceil(lifetime / 1000) }),
      delete: async (key) => storage.removeItem(key),
      keys: async () => storage.getKeys(folder),
    },
  });
}

/** A prefixed storage reports the mounts of the whole storage, so a root mount counts only if it is the only one. */
function isInWorkersKv(storage: UnstorageStorage, folder: string): boolean {
  const mount = storage.getMount?.(folder);
  if (!mount?.driver.name?.startsWith("cloudflare-kv-")) return false;
  return mount.base !== "" || storage.getMounts?.().length === 1;
}
