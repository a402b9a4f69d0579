import type { Awaitable } from "./awaitable.ts";

/** The namespace of what managers note for themselves. A store that evicts records evicts these last. */
export const notesNamespace = "coatcheck.notes";

/** Identifies a record. Two namespaces in one store never see each other's records. Both parts compare by bytes. */
export interface RecordKey {
  readonly namespace: string;
  readonly id: string;
}

/**
 * Identifies one version of a record. The number alone is not enough: after a failover to a stale replica, or a
 * restored backup, two different versions can have the same number.
 */
export interface RecordStamp {
  /** 1 for a new record. Each `replace` adds 1. */
  readonly version: number;
  /** The random id of the commit that wrote this version: 1 to 64 characters of `A-Z a-z 0-9 - _`. */
  readonly commitId: string;
}

/** What a store keeps for one session. All times are epoch milliseconds. */
export interface StoredRecord extends RecordKey, RecordStamp {
  /**
   * An opaque string that the store must return unchanged. It never contains a usable credential, only the SHA-256 hash
   * of the session's secret.
   */
  readonly body: string;
  /** The signed-in user, 1 to 255 bytes of UTF-8. `list` filters by it. */
  readonly userId?: string | undefined;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  /** From this time on, `read`, `replace` and `touch` must treat the record as missing. */
  readonly expiresAt: number;
}

/** Options of a single store operation, passed as its last argument. */
export interface StoreCall {
  /** Aborted when the caller stops waiting for the operation (`storeTimeout`). */
  readonly signal: AbortSignal;
}

/** Selects a page of records for `list`. */
export interface ListFilter {
  /** Only this user's records. Absent: all records. */
  readonly userId?: string | undefined;
  /** The largest number of records to return. */
  readonly limit: number;
  /** The `cursor` of the previous page. Absent: the first page. */
  readonly cursor?: string | undefined;
}

/** One page of `list`. */
export interface RecordPage {
  readonly records: StoredRecord[];
  /** Present if there may be another page. Opaque to the caller. */
  readonly cursor?: string | undefined;
}

/**
 * Stores session records. A missing, expired or changed record is reported as `undefined` or `false`, never as an
 * exception.
 *
 * A store that has nothing to wait for may return plain values from `read`, `create`, `replace`, `touch` and `delete`.
 *
 * An exception, thrown or as a rejected promise, means that the store failed and that a write may or may not have
 * happened. A store that knows that nothing was written throws a `SessionError` with the code `STORE_UNAVAILABLE` instead.
 *
 * Methods with a parameter `now` (epoch milliseconds) must use it as the current time, not a clock of their own.
 * `storeConformance()` from `coatcheck/testing` tests a store against this contract.
 */
export interface SessionStore {
  readonly kind: "record";
  /** Names the store in error messages and in `sessions.policy()`. */
  readonly name: string;
  /** Whether `create`, `replace` and `touch` are atomic. False only for bridges over plain get/set stores. */
  readonly atomic: boolean;
  /** Returns the live record with this key, or `undefined`. */
  read(key: RecordKey, now: number, call?: StoreCall): Awaitable<StoredRecord | undefined>;
  /** Inserts a record and returns true. Returns false if the key exists, even if that record has expired. */
  create(record: StoredRecord, now: number, call?: StoreCall): Awaitable<boolean>;
  /**
   * Replaces a record atomically, if its version and commit id are the expected ones. `record.version` is
   * `expected.version + 1`. Returns false if the record is missing, expired or changed. Never inserts.
   *
   * A concurrent touch must not be undone, here or in `touch`: if the stored `lastSeenAt` is later than the given one,
   * keep it, and keep the later of the two `expiresAt`.
   */
  replace(record: StoredRecord, expected: RecordStamp, now: number, call?: StoreCall): Awaitable<boolean>;
  /**
   * Updates `lastSeenAt` and `expiresAt` atomically, under the conditions of `replace`. Body, user, version and commit
   * id stay. Returns false if the record is missing, expired or changed. Never inserts.
   */
  touch(
    key: RecordKey,
    expected: RecordStamp,
    lastSeenAt: number,
    expiresAt: number,
    now: number,
    call?: StoreCall,
  ): Awaitable<boolean>;
  /** Deletes a record, live or expired. Returns whether there was one. */
  delete(key: RecordKey, call?: StoreCall): Awaitable<boolean>;
  /** Returns a page of live records, ordered by `createdAt` and then `id`. */
  list?(namespace: string, filter: ListFilter, now: number, call?: StoreCall): Promise<RecordPage>;
  /** Deletes up to `limit` expired records of all namespaces. Returns the number of deleted records. */
  prune?(now: number, limit: number, call?: StoreCall): Promise<number>;
  /** Deletes all records of one namespace. */
  clear?(namespace: string, call?: StoreCall): Promise<void>;
  /** Returns the number of live records in a namespace. */
  count?(namespace: string, now: number, call?: StoreCall): Promise<number>;
  /** Creates what the store needs, such as tables or directories. May be called more than once. */
  setup?(call?: StoreCall): Promise<void>;
  /** Returns the time of the store's server in epoch milliseconds. */
  time?(call?: StoreCall): Promise<number>;
  /** Releases what the store opened itself. May be called more than once. */
  close?(): Promise<void>;
  /** Calls the listener for each live record that a store with a size limit deletes to free space. */
  onEvict?(listener: (key: RecordKey) => void): void;
  /** Calls the listener for each lasting condition that an operator should fix, also for those found before. */
  onWarning?(listener: (code: StoreWarningCode, message: string) => void): void;
}

/** Identifies a warning of a store. See docs/events.md for their causes and cures. */
export type StoreWarningCode = "MISSING_INDEX" | "EVICTION_POLICY" | "STALLED_CLIENT";

/** The context that a sealed token is bound to, in addition to its key. A token does not open in another context. */
export interface SealBinding {
  /** The manager's `name`: the cookie name without its prefix. */
  readonly name: string;
  readonly namespace: string;
  /** The manager's `application`, or the empty string if it has none. */
  readonly application: string;
  /** The current time in epoch milliseconds. */
  readonly now: number;
  /** The manager's absolute timeout in milliseconds. `undefined`: none. */
  readonly absoluteTimeout: number | undefined;
}

/** Why a sealed token was rejected. Reported to the observer, never to the client. */
export type SealRejectReason = "malformed" | "unknown-key" | "forged" | "expired" | "not-yet-valid";

/** The content of a sealed token, or the reason why it was rejected. */
export type Unsealed =
  /** `stale`: sealed with an older key, so the token should be sealed again. */
  { readonly text: string; readonly stale: boolean } | { readonly refused: SealRejectReason };

/** Keeps sessions in their tokens, encrypted or signed, and nothing on the server. `cookieStore()` creates one. */
export interface SealedStore {
  readonly kind: "sealed";
  readonly name: string;
  /** Returns a token that holds `text`. */
  seal(text: string, binding: SealBinding): string | Promise<string>;
  /** Returns the content of a token, or why the token is rejected. */
  unseal(token: string, binding: SealBinding): Unsealed | Promise<Unsealed>;
}
