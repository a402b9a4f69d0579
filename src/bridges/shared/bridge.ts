import { isAt } from "../../stores/shared/fence.ts";
import { invalidOption } from "../../types/errors.ts";
import type { RecordKey, SessionStore, StoredRecord } from "../../types/store.ts";
import { accessTo, type Found, type KeyValueStore, type WriteDecision } from "./access.ts";
import { storageKey, toText } from "./envelope.ts";
import { pruneBy, scan } from "./scan.ts";

export interface BridgeParts {
  readonly name: string;
  /** The application's own object. All bridges over it share one lock per key. */
  readonly owner: object;
  readonly prefix: string;
  readonly values: KeyValueStore;
  /** Which side deletes expired records: this bridge, or the backend. */
  readonly cleaner: "bridge" | "store";
}

/** The backend keeps records this much longer, so that hosts with slower clocks lose no session. */
const clockToleranceMs = 5 * 60_000;
/** 50 years, which fits into 32 bits as seconds, for every backend. */
const maxLifetimeMs = 50 * 365 * 24 * 60 * 60_000;

/** Creates a session store over a backend that can only get, set and delete. */
export function bridge({ name, owner, prefix, values, cleaner }: BridgeParts): SessionStore {
  const access = accessTo(name, owner, values);

  const update = async (
    key: RecordKey,
    signal: AbortSignal | undefined,
    decide: (found: Found) => WriteDecision,
  ): Promise<boolean> => access.update(await storageKey(prefix, key), signal, decide);

  // Read the signal before any await: the core creates it only for a caller that reads it synchronously.
  const store: SessionStore = {
    kind: "record",
    name,
    atomic: false,

    async read(key, now, call) {
      const signal = call?.signal;
      return live(await access.read(await storageKey(prefix, key), signal), key, now);
    },

    create: (record, now, call) =>
      update(record, call?.signal, (found) => (found === undefined ? writeOf(record, now) : undefined)),

    replace: (record, expected, now, call) =>
      update(record, call?.signal, (found) => {
        const before = live(found, record, now);
        return before && isAt(before, expected) ? writeOf(keepLaterTouch(before, record), now) : undefined;
      }),

    touch: (key, expected, lastSeenAt, expiresAt, now, call) =>
      update(key, call?.signal, (found) => {
        const before = live(found, key, now);
        if (!before || !isAt(before, expected)) return undefined;
        return writeOf(keepLaterTouch(before, { ...before, lastSeenAt, expiresAt }), now);
      }),

    delete: (key, call) => update(key, call?.signal, (found) => (isOf(found, key) ? "nothing" : undefined)),
  };

  const { keys } = values;
  if (!keys) return store;
  const parts = { access, prefix, keys };
  return { ...store, ...scan(parts), ...(cleaner === "bridge" && { prune: pruneBy(parts) }) };
}

/** @throws SessionError INVALID_OPTION */
export function checkPrefix(prefix: unknown): string {
  if (typeof prefix === "string" && /^[\w-]+(:[\w-]+)*:?$/.test(prefix) && prefix.length <= 64) return prefix;
  throw invalidOption(
    'prefix must have 1 to 64 letters, digits, "_" and "-", separated or ended by single colons, for instance "shop:".',
  );
}

const isOf = (found: Found, { namespace, id }: RecordKey): found is StoredRecord =>
  typeof found === "object" && found.namespace === namespace && found.id === id;

const live = (found: Found, key: RecordKey, now: number): StoredRecord | undefined =>
  isOf(found, key) && found.expiresAt > now ? found : undefined;

function keepLaterTouch(before: StoredRecord, after: StoredRecord): StoredRecord {
  if (before.lastSeenAt <= after.lastSeenAt) return after;
  return { ...after, lastSeenAt: before.lastSeenAt, expiresAt: Math.max(before.expiresAt, after.expiresAt) };
}

/** The backend's own expiry is only a safety net: it is later than the expiry in the record. */
function writeOf(record: StoredRecord, now: number): WriteDecision {
  const lifetime = Math.min(Math.max(0, record.expiresAt - now) + clockToleranceMs, maxLifetimeMs);
  return { text: toText(record), lifetime };
}
