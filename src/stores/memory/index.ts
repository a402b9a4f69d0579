import { eachInTurns } from "../../core/language/breaks.ts";
import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { invalidOption } from "../../types/errors.ts";
import type { RecordKey, SessionStore } from "../../types/store.ts";
import { formatCursor, parseCursor } from "../shared/cursor.ts";
import { isAt } from "../shared/fence.ts";
import {
  addToUser,
  type Entry,
  newSpace,
  nextEntries,
  ownCopy,
  removeFromUser,
  type Space,
  toEntry,
  toRecord,
} from "./entries.ts";
import { expiryHeap } from "./expiry-heap.ts";
import { lruList } from "./lru.ts";

export interface MemoryStoreOptions {
  /**
   * The maximum number of sessions. Beyond it, each new session evicts an expired one, or else the least recently used one;
   * the observer receives that as `evicted`. A session of 500 bytes uses slightly less than 1 kB.
   *
   * @default 100_000
   */
  readonly maxSessions?: number | undefined;
}

const known: Known<MemoryStoreOptions> = { maxSessions: true };

/**
 * Keeps sessions in this process: they end with it, and no other process sees them. For development, tests and single
 * servers.
 *
 * @throws SessionError INVALID_OPTION
 */
export function memoryStore(options: MemoryStoreOptions = {}): SessionStore {
  checkKeys(options, known, "memoryStore()");
  const maxSessions = options.maxSessions ?? 100_000;
  if (!Number.isSafeInteger(maxSessions) || maxSessions < 1) {
    throw invalidOption("maxSessions must be an integer of at least 1.");
  }
  const spaces = new Map<string, Space>();
  /** Namespaces that `clear` has detached and is still removing. No operation can find their entries. */
  const cleared = new Set<Space>();
  const byDeadline = expiryHeap<Entry>();
  const byUse = lruList<Entry>();
  const listeners: ((key: RecordKey) => void)[] = [];
  let size = 0;

  const find = (key: RecordKey): Entry | undefined => spaces.get(key.namespace)?.entries.get(key.id);
  const findLive = (key: RecordKey, now: number): Entry | undefined => {
    const entry = find(key);
    return entry && entry.expiresAt > now ? entry : undefined;
  };
  const remove = (entry: Entry): void => {
    entry.space.entries.delete(entry.id);
    removeFromUser(entry);
    byDeadline.remove(entry);
    byUse.remove(entry);
    size--;
  };
  const firstCleared = (): Entry | undefined => {
    for (const space of cleared) for (const entry of space.entries.values()) return entry;
    return undefined;
  };
  const evict = (now: number): void => {
    const soonest = byDeadline.first();
    const victim = firstCleared() ?? (soonest && soonest.expiresAt <= now ? soonest : byUse.oldest());
    if (!victim) return;
    remove(victim);
    if (cleared.has(victim.space)) return;
    for (const listener of listeners) notify(listener, { namespace: victim.space.namespace, id: victim.id });
  };
  const applyTouch = (entry: Entry, lastSeenAt: number, expiresAt: number): void => {
    entry.expiresAt = entry.lastSeenAt > lastSeenAt ? Math.max(entry.expiresAt, expiresAt) : expiresAt;
    entry.lastSeenAt = Math.max(entry.lastSeenAt, lastSeenAt);
    byDeadline.moved(entry);
    byUse.used(entry);
  };

  return {
    kind: "record",
    name: "memory",
    atomic: true,

    read(key, now) {
      const entry = findLive(key, now);
      if (!entry) return undefined;
      byUse.used(entry);
      return toRecord(entry);
    },

    create(record, now) {
      if (find(record)) return false;
      if (size >= maxSessions) evict(now);
      const space = spaces.get(record.namespace) ?? newSpace(record.namespace);
      spaces.set(space.namespace, space);
      const entry = toEntry(space, record);
      space.entries.set(entry.id, entry);
      addToUser(entry);
      byDeadline.add(entry);
      byUse.add(entry);
      size++;
      return true;
    },

    replace(record, expected, now) {
      const entry = findLive(record, now);
      if (!entry || !isAt(entry, expected)) return false;
      entry.version = record.version;
      entry.commitId = ownCopy(record.commitId);
      entry.body = ownCopy(record.body);
      if (entry.userId !== record.userId) {
        removeFromUser(entry);
        entry.userId = record.userId === undefined ? undefined : ownCopy(record.userId);
        addToUser(entry);
      }
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
      const entry = find(key);
      if (entry) remove(entry);
      return entry !== undefined;
    },

    async list(namespace, { userId, limit, cursor }, now) {
      const space = spaces.get(namespace);
      const entries = userId === undefined ? space?.entries.values() : space?.users.get(userId);
      const page = await nextEntries(entries ?? [], parseCursor(cursor), limit, now);
      const last = page[limit - 1];
      return { records: page.map(toRecord), cursor: last && formatCursor(last) };
    },

    async prune(now, limit) {
      let pruned = 0;
      for (; pruned < limit; pruned++) {
        const entry = byDeadline.first();
        if (!entry || entry.expiresAt > now) break;
        remove(entry);
      }
      return pruned;
    },

    async clear(namespace) {
      const space = spaces.get(namespace);
      if (!space) return;
      spaces.delete(namespace);
      cleared.add(space);
      await eachInTurns(space.entries.values(), remove);
      cleared.delete(space);
    },

    async count(namespace, now) {
      let count = 0;
      await eachInTurns(spaces.get(namespace)?.entries.values() ?? [], (entry) => {
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
