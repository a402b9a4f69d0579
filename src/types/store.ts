/** Names one record. Two namespaces in one store never meet. Both parts compare by bytes. */
export interface RecordKey {
  readonly namespace: string;
  readonly id: string;
}

/** Names one state of one record. The number alone does not: after a rewind of the store two histories have the same numbers. */
export interface RecordStamp {
  /** 1 when created, one more with each `replace`. */
  readonly version: number;
  /** Drawn for the write that made this version: 1 to 64 characters of `A-Z a-z 0-9 - _`. */
  readonly commitId: string;
}

/**
 * What a store keeps for one session. Times are epoch milliseconds. `body` is opaque text to a store, and never
 * holds a usable credential: only the SHA-256 of the session's secret.
 */
export interface StoredRecord extends RecordKey, RecordStamp {
  readonly body: string;
  /** The signed-in user, 1 to 255 bytes of UTF-8; the key of `list`. */
  readonly userId?: string | undefined;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  /** From this instant on the record must not be read, replaced or touched. */
  readonly expiresAt: number;
}

/** Last argument of every store method. */
export interface StoreCall {
  /** Aborted when the core stops waiting (`storeTimeout`). */
  readonly signal: AbortSignal;
}

export interface ListFilter {
  readonly userId?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface RecordPage {
  readonly records: StoredRecord[];
  /** Given when there may be more; opaque to the caller. */
  readonly cursor?: string | undefined;
}

/**
 * The contract of a store. A missing, expired or foreign record is `undefined` or `false`, never an exception.
 *
 * An exception means that the store failed and leaves the outcome open. A store that knows that nothing was written
 * says so by throwing a `SessionError` with the code `STORE_UNAVAILABLE`.
 */
export interface SessionStore {
  readonly kind: "record";
  readonly name: string;
  /** False only for bridges over plain get/set stores, which cannot promise an atomic `create`, `replace` or `touch`. */
  readonly atomic: boolean;
  read(key: RecordKey, now: number, call?: StoreCall): Promise<StoredRecord | undefined>;
  /** Inserts only. False: this key exists (also when it is expired and not yet pruned). */
  create(record: StoredRecord, now: number, call?: StoreCall): Promise<boolean>;
  /**
   * Updates only, atomically, and only the record whose version and commit id are the expected ones; `record.version` is
   * `expected.version + 1`. False: gone, expired or changed. Never inserts.
   *
   * Here and in `touch` a visit that was recorded meanwhile stays recorded: where the stored `lastSeenAt` is the later
   * one, it stays, and the later `expiresAt` with it.
   */
  replace(record: StoredRecord, expected: RecordStamp, now: number, call?: StoreCall): Promise<boolean>;
  /** Moves the deadline; body, version and commit id stay. False: gone, expired or changed. Never inserts. */
  touch(
    key: RecordKey,
    expected: RecordStamp,
    lastSeenAt: number,
    expiresAt: number,
    now: number,
    call?: StoreCall,
  ): Promise<boolean>;
  /** True when a record was removed. */
  delete(key: RecordKey, call?: StoreCall): Promise<boolean>;
  /** Live records in order of (createdAt, id), a page at a time; with `userId` only that user's. */
  list?(namespace: string, filter: ListFilter, now: number, call?: StoreCall): Promise<RecordPage>;
  /** Deletes at most `limit` expired records of every namespace; how many went. */
  prune?(now: number, limit: number, call?: StoreCall): Promise<number>;
  /** Deletes every record of one namespace and nothing else. */
  clear?(namespace: string, call?: StoreCall): Promise<void>;
  /** How many live records the namespace has. */
  count?(namespace: string, now: number, call?: StoreCall): Promise<number>;
  /** Makes the store ready (tables, directories). Called by nobody but the application and the first use. */
  setup?(call?: StoreCall): Promise<void>;
  /** The server's clock, epoch milliseconds. */
  time?(call?: StoreCall): Promise<number>;
  close?(): Promise<void>;
  /** Calls the listener with each record that the store drops to make room; a store with a cap has it. */
  onEvict?(listener: (key: RecordKey) => void): void;
}

/** What a sealed token is bound to besides its key. */
export interface SealBinding {
  /** The session's name: the cookie name without its prefix. */
  readonly name: string;
  readonly namespace: string;
  /** The empty text where the manager has none. */
  readonly application: string;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The manager's absolute limit in milliseconds, or `undefined` when it is off. */
  readonly absoluteTimeout: number | undefined;
}

/** Why a token was not accepted; told to the observer, never to the client. */
export type SealRejectReason = "malformed" | "unknown-key" | "forged" | "expired" | "not-yet-valid";

export type Unsealed =
  /** `stale`: opened by a key that is no longer the first, so the token is to be sealed again. */
  { readonly text: string; readonly stale: boolean } | { readonly refused: SealRejectReason };

/** A store that keeps nothing: the token is the session. `cookieStore()` makes one. */
export interface SealedStore {
  readonly kind: "sealed";
  readonly name: string;
  seal(text: string, binding: SealBinding): string | Promise<string>;
  unseal(token: string, binding: SealBinding): Unsealed | Promise<Unsealed>;
}
