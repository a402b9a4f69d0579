import { eachInTurns } from "../../core/language/breaks.ts";
import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { invalidOption } from "../../types/errors.ts";
import type { RecordKey, SessionStore } from "../../types/store.ts";
import { formatCursor, parseCursor } from "../shared/cursor.ts";
import { isAt } from "../shared/fence.ts";
import { createContents } from "./contents.ts";
import { type Entry, nextEntries, toRecord } from "./entries.ts";

/** Options of `memoryStore()`. */
export interface MemoryStoreOptions {
  /**
   * The maximum number of sessions. Beyond it, each new session evicts an expired one, or else the least recently used
   * one without a user, or else the least recently used one; the observer receives that as `evicted`. A session of 500
   * bytes uses slightly less than 1 kB.
   *
   * @default 100_000
   */
  readonly maxSessions?: number | undefined;
  /** The maximum memory of all sessions in bytes, as estimated. Beyond it, sessions are evicted. @default 256 MiB */
  readonly maxBytes?: number | undefined;
}

const known: Known<MemoryStoreOptions> = { maxSessions: true, maxBytes: true };

/**
 * Keeps sessions in this process: they end with it, and no other process sees them. For development, tests and single
 * servers.
 *
 * @throws SessionError INVALID_OPTION
 */
export function memoryStore(options: MemoryStoreOptions = {}): SessionStore {
  checkKeys(options, known, "memoryStore()");
  const { maxSessions = 100_000, maxBytes = 268_435_456 } = options;
  for (const [name, value] of Object.entries({ maxSessions, maxBytes })) {
    if (!Number.isSafeInteger(value) || value < 1) throw invalidOption(`${name} must be an integer of at least 1.`);
  }
  const listeners: ((key: RecordKey) => void)[] = [];
  const contents = createContents({ maxSessions, maxBytes }, (key) => {
    for (const listener of listeners) notify(listener, key);
  });
  const findLive = (key: RecordKey, now: number): Entry | undefined => {
    const entry = contents.find(key);
    return entry && entry.expiresAt > now ? entry : undefined;
  };
  /** Keeps the times of a later touch. */
  const applyTouch = (entry: Entry, lastSeenAt: number, expiresAt: number): void => {
    entry.expiresAt = entry.lastSeenAt > lastSeenAt ? Math.max(entry.expiresAt, expiresAt) : expiresAt;
    entry.lastSeenAt = Math.max(entry.lastSeenAt, lastSeenAt);
    contents.moved(entry);
    contents.used(entry);
  };

  return {
    kind: "record",
    name: "memory",
    atomic: true,

    read(key, now) {
      const entry = findLive(key, now);
      if (!entry) return undefined;
      contents.used(entry);
      return toRecord(entry);
    },

    create(record, now) {
      if (contents.find(record)) return false;
      contents.add(record, now);
      return true;
    },

    replace(record, expected, now) {
      const entry = findLive(record, now);
      if (!entry || !isAt(entry, expected)) return false;
      contents.replace(entry, record, now);
      applyTouch(entry, record.lastSeenAt, record.expiresAt);
      return true;
    },

    touch(key, expected, lastSeenAt, expiresAt, now) {
      const entry = findLive(key, now);
      if (!entry || !isAt(entry, expected)) return false;
      applyTouch(entry, lastSeenAt, expiresAt);
      return true;
    },

    delete(key) {
      const entry = contents.find(key);
      if (entry) contents.remove(entry);
      return entry !== undefined;
    },

    async list(namespace, { userId, limit, cursor }, now) {
      const space = contents.space(namespace);
      const entries = userId === undefined ? space?.entries.values() : space?.users.get(userId);
      const page = await nextEntries(entries ?? [], parseCursor(cursor), limit, now);
      const last = page[limit - 1];
      return { records: page.map(toRecord), cursor: last && formatCursor(last) };
    },

    async prune(now, limit) {
      let pruned = 0;
      for (; pruned < limit; pruned++) {
        const entry = contents.firstExpired(now);
        if (!entry) break;
        contents.remove(entry);
      }
      return pruned;
    },

    async clear(namespace) {
      const space = contents.space(namespace);
      if (!space) return;
      contents.detach(space);
      await eachInTurns(space.entries.values(), contents.remove);
      contents.detached(space);
    },

    async count(namespace, now) {
      let count = 0;
      await eachInTurns(contents.space(namespace)?.entries.values() ?? [], (entry) => {
        if (entry.expiresAt > now) count++;
      });
      return count;
    },

    onEvict(listener) {
      listeners.push(listener);
    },
  };
}

/** Ignores errors of a listener: they must not fail the session that caused the eviction. */
function notify(listener: (key: RecordKey) => void, key: RecordKey): void {
  try {
    listener(key);
  } catch {
    // The eviction has happened, and no caller is responsible for the listener.
  }
}
