import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { isMap } from "../../core/language/shape.ts";
import { invalidOption } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { throwIfAborted } from "../shared/abort.ts";
import type { KeyValueStore } from "../shared/access.ts";
import { bridge, checkPrefix } from "../shared/bridge.ts";
import { fromText, storageKey } from "../shared/envelope.ts";

/** The part of a Keyv instance (4 and 5) that the bridge uses. */
export interface KeyvInstance {
  get(key: string): Promise<unknown>;
  /** `ttl` in milliseconds. */
  set(key: string, value: string, ttl?: number): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  /** Present where Keyv can iterate over the entries: over a Map and over most databases. */
  iterator?(argument?: undefined): AsyncIterable<readonly [key: string, value: unknown]>;
  readonly store?: unknown;
  readonly throwOnErrors?: boolean;
}

/** Options of `keyvStore()`. */
export interface KeyvStoreOptions {
  /** Must have been created with `throwOnErrors: true`, unless it is over a Map. Stays connected when the store is closed. */
  readonly keyv: KeyvInstance;
  /** Begins every key, after Keyv's own namespace. @default "coatcheck:" */
  readonly prefix?: string | undefined;
}

const known: Known<KeyvStoreOptions> = { keyv: true, prefix: true };

/**
 * Keeps sessions in a Keyv. Correct within one process; several processes that write the same session at the same moment
 * can undo each other's changes, because Keyv cannot write conditionally. The adapter determines what survives a restart.
 *
 * If Keyv has an iterator, sessions can be listed, and `prune` deletes expired ones. Otherwise neither works, and expired
 * records stay until the adapter deletes them.
 *
 * @example
 * const sessions = createSessions({ store: keyvStore({ keyv: new Keyv({ store, throwOnErrors: true }) }) });
 *
 * @throws SessionError INVALID_OPTION
 */
export function keyvStore(options: KeyvStoreOptions): SessionStore {
  checkKeys(options, known, "keyvStore()");
  const { keyv } = options;
  const prefix = checkPrefix(options.prefix ?? "coatcheck:");
  if (typeof keyv?.get !== "function" || typeof keyv.set !== "function" || typeof keyv.delete !== "function") {
    throw invalidOption("keyv must be an instance of Keyv.");
  }
  if (keyv.throwOnErrors === false && !isMap(keyv.store)) {
    throw invalidOption(
      "This Keyv hides the errors of its store, so an outage would look like ended sessions. Create it with new Keyv({ store, throwOnErrors: true }).",
    );
  }
  return bridge({
    name: "keyv",
    owner: keyv,
    prefix,
    cleaner: "bridge",
    values: {
      get: async (key) => keyv.get(key),
      async set(key, text, lifetime) {
        if ((await keyv.set(key, text, lifetime)) === false) throw refused("set");
      },
      async delete(key) {
        // False also means that another caller deleted it first.
        if ((await keyv.delete(key)) === false && (await keyv.get(key)) !== undefined) throw refused("delete");
      },
      keys: typeof keyv.iterator === "function" ? keysIn(keyv, prefix) : undefined,
    },
  });
}

/** Derives keys from the records, because the iterator's keys lack the namespace and differ between adapters. */
function keysIn(keyv: KeyvInstance, prefix: string): KeyValueStore["keys"] {
  return async (signal) => {
    const keys: string[] = [];
    for await (const [, value] of keyv.iterator?.() ?? []) {
      throwIfAborted(signal);
      const record = fromText(value);
      if (record) keys.push(await storageKey(prefix, record));
    }
    return keys;
  };
}

const refused = (method: string): Error =>
  new Error(`Keyv's ${method}() returned false: the store behind it did not perform the operation.`);
