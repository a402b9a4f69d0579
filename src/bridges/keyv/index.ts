import { isMap } from "../../core/language/shape.ts";
import { invalidOption } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { throwIfAborted } from "../shared/abort.ts";
import type { KeyValueStore } from "../shared/access.ts";
import { bridge, checkPrefix } from "../shared/bridge.ts";
import { fromText, storageKey } from "../shared/envelope.ts";

/** What is used of a Keyv instance (4 and 5). */
export interface KeyvInstance {
  get(key: string): Promise<unknown>;
  /** `ttl` in milliseconds. */
  set(key: string, value: string, ttl?: number): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  /** Only where Keyv knows how to go through the entries: over a Map and over most databases. */
  iterator?(argument?: undefined): AsyncIterable<readonly [key: string, value: unknown]>;
  readonly store?: unknown;
  readonly throwOnErrors?: boolean;
}

export interface KeyvStoreOptions {
  /** Must be made with `throwOnErrors: true`, unless it is over a Map. It stays connected when the store is closed. */
  readonly keyv: KeyvInstance;
  /** Begins every key, behind Keyv's own namespace. @default "coatcheck:" */
  readonly prefix?: string | undefined;
}

/**
 * Keeps sessions in a Keyv. Correct within one process; several processes that write the same session at the same moment
 * can undo each other's changes, because Keyv cannot write conditionally. What survives a restart is up to the adapter.
 *
 * Where Keyv has an iterator, sessions can be listed and expired ones are deleted by `prune`; else there is neither, and
 * expired records stay until the adapter drops them.
 *
 * @example
 * const sessions = createSessions({ store: keyvStore({ keyv: new Keyv({ store, throwOnErrors: true }) }) });
 *
 * @throws SessionError INVALID_OPTION
 */
export function keyvStore(options: KeyvStoreOptions): SessionStore {
  const { keyv } = options;
  const prefix = checkPrefix(options.prefix ?? "coatcheck:");
  if (typeof keyv?.get !== "function" || typeof keyv.set !== "function" || typeof keyv.delete !== "function") {
    throw invalidOption("keyv must be an instance of Keyv.");
  }
  if (keyv.throwOnErrors === false && !isMap(keyv.store)) {
    throw invalidOption(
      "This Keyv hides the errors of its store, so an outage would look like sessions that ended. Make it with new Keyv({ store, throwOnErrors: true }).",
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
        // False also means that somebody else was faster.
        if ((await keyv.delete(key)) === false && (await keyv.get(key)) !== undefined) throw refused("delete");
      },
      keys: typeof keyv.iterator === "function" ? keysIn(keyv, prefix) : undefined,
    },
  });
}

/** Keys come out of the iterator without a namespace, and not always the same way; the records know where they belong. */
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
  new Error(`Keyv's ${method}() says false: the store behind it did not do what it was asked.`);
