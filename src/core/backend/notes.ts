import { sha256 } from "#crypto";
import { SessionError } from "../../types/errors.ts";
import { notesNamespace, type RecordKey, type SessionStore, type StoredRecord } from "../../types/store.ts";
import { newCommitId } from "../commit/commit-ids.ts";
import { pause } from "../commit/pause.ts";
import { type Flow, wait } from "../language/flow.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { askStore, timeLeft } from "../runtime/store-call.ts";

/** Makes what stands for a value that cannot be read. */
export type Unreadable<Value> = (writtenAt: number) => Value;

/**
 * Short values of JSON that the processes of an application share: records of a namespace of their own, in the same
 * store. They are read and replaced as of the year 1970, so that one that has expired and is not pruned yet is not in the
 * way.
 */
export class Notes {
  readonly #context: ManagerContext;
  readonly #store: SessionStore;

  constructor(context: ManagerContext, store: SessionStore) {
    this.#context = context;
    this.#store = store;
  }

  /**
   * @param end when the answer must be there, by `performance.now()`
   * @param unreadable makes what stands for a value that cannot be read, of the time when it was written
   */
  *read<Value>(name: string, end?: number, unreadable?: Unreadable<Value>): Flow<Value | undefined> {
    return notedIn(yield* this.#find(yield* this.#keyOf(name), end), unreadable);
  }

  /**
   * Replaces a value by a function of it, atomically. It is kept `until` then, or as long as it was to be kept before.
   * `undefined`: it stays as it is.
   *
   * @param end when to give up, by `performance.now()`
   * @param unreadable makes what stands for a value that cannot be read, of the time when it was written
   * @throws SessionError
   */
  *write<Value>(
    name: string,
    until: number,
    change: (value: Value | undefined) => Value | undefined,
    end: number = performance.now() + this.#context.config.commitTimeout,
    unreadable?: Unreadable<Value>,
  ): Flow<void> {
    const key = yield* this.#keyOf(name);
    for (let attempt = 0; performance.now() < end; attempt++) {
      const found = yield* this.#find(key, end);
      const value = change(notedIn(found, unreadable));
      if (value === undefined) return;
      const now = this.#context.clock.now();
      const { version, createdAt, expiresAt: before } = found ?? { version: 0, createdAt: now, expiresAt: until };
      const stamp = { version: version + 1, commitId: newCommitId() };
      const body = JSON.stringify(value);
      const expiresAt = Math.max(until, before);
      const record = { ...key, ...stamp, body, createdAt, lastSeenAt: now, expiresAt };
      const written = found
        ? askStore(this.#context, "replace", (call) => this.#store.replace(record, found, 0, call))
        : askStore(this.#context, "create", (call) => this.#store.create(record, now, call));
      if (yield* wait(written)) return;
      // Of many that meet, one is first each time; so that all have their turn, they come back at different times.
      yield* wait(pause(attempt, end));
    }
    throw new SessionError(
      "COMMIT_TIMEOUT",
      "Nothing was written: other requests kept changing a shared record until the commitTimeout was over. Try again.",
    );
  }

  *#find(key: RecordKey, end?: number): Flow<StoredRecord | undefined> {
    const limit = end === undefined ? undefined : timeLeft(this.#context, end);
    return yield* wait(askStore(this.#context, "read", (call) => this.#store.read(key, 0, call), limit));
  }

  *#keyOf(name: string): Flow<RecordKey> {
    const id = yield* wait(sha256(JSON.stringify([this.#context.config.namespace, name])));
    return { namespace: notesNamespace, id };
  }
}

/** Nobody knows what a note says that somebody else has changed, or that another `pepper` has signed. */
function notedIn<Value>(
  record: StoredRecord | undefined,
  unreadable: Unreadable<Value> | undefined,
): Value | undefined {
  try {
    return record && JSON.parse(record.body);
  } catch {
    return record && unreadable?.(record.lastSeenAt);
  }
}
