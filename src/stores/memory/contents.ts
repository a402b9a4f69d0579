import { SessionError } from "../../types/errors.ts";
import { notesNamespace, type RecordKey, type StoredRecord } from "../../types/store.ts";
import { addToUser, bytesOf, type Entry, newSpace, overwrite, removeFromUser, type Space, toEntry } from "./entries.ts";
import { expiryHeap } from "./expiry-heap.ts";
import { type LruList, lruList } from "./lru.ts";

/** The limits of a memory store. */
export interface Room {
  readonly maxSessions: number;
  readonly maxBytes: number;
}

/** The entries of all namespaces, in the order of their deadlines and of their use. */
export interface Contents {
  find(key: RecordKey): Entry | undefined;
  space(namespace: string): Space | undefined;
  /** Evicts sessions until the record has room, and adds it. @throws SessionError if it has none at all */
  add(record: StoredRecord, now: number): void;
  /** As `add`, but takes over everything of a record except its times. Does not evict the entry itself. */
  replace(entry: Entry, record: StoredRecord, now: number): void;
  remove(entry: Entry): void;
  used(entry: Entry): void;
  /** To be called when a deadline has changed. */
  moved(entry: Entry): void;
  firstExpired(now: number): Entry | undefined;
  /** Makes a namespace empty at once. Its entries stay until `remove` was called for each, and go first where room is needed. */
  detach(space: Space): void;
  detached(space: Space): void;
}

/** @param evicted is called for each live session that is deleted to make room */
export function createContents({ maxSessions, maxBytes }: Room, evicted: (key: RecordKey) => void): Contents {
  const spaces = new Map<string, Space>();
  /** Namespaces that are being removed. No operation can find their entries. */
  const cleared = new Set<Space>();
  const byDeadline = expiryHeap<Entry>();
  // A flood of visitors must not push out those who have signed in.
  const anonymous = lruList<Entry>();
  const signedIn = lruList<Entry>();
  // Without these an ended session could come back.
  const notes = lruList<Entry>();
  let size = 0;
  let bytes = 0;

  const byUse = ({ space, userId }: Entry): LruList<Entry> => {
    if (space.namespace === notesNamespace) return notes;
    return userId === undefined ? anonymous : signedIn;
  };
  const link = (entry: Entry): void => {
    addToUser(entry);
    byUse(entry).add(entry);
  };
  const unlink = (entry: Entry): void => {
    removeFromUser(entry);
    byUse(entry).remove(entry);
  };
  const remove = (entry: Entry): void => {
    entry.space.entries.delete(entry.id);
    byDeadline.remove(entry);
    unlink(entry);
    size--;
    bytes -= bytesOf(entry);
  };
  const firstCleared = (): Entry | undefined => {
    for (const space of cleared) for (const entry of space.entries.values()) return entry;
    return undefined;
  };
  const firstExpired = (now: number): Entry | undefined => {
    const soonest = byDeadline.first();
    return soonest && soonest.expiresAt <= now ? soonest : undefined;
  };

  const neededBy = (record: StoredRecord): number => {
    const needed = bytesOf(record);
    if (needed > maxBytes) throw tooLarge(needed, maxBytes);
    return needed;
  };
  const makeRoom = (sessions: number, growth: number, kept: Entry | undefined, now: number): void => {
    while (size + sessions > maxSessions || bytes + growth > maxBytes) {
      const candidates = [firstCleared(), firstExpired(now), anonymous.oldest(), signedIn.oldest(), notes.oldest()];
      const victim = candidates.find((entry) => entry && entry !== kept);
      if (!victim) return;
      remove(victim);
      if (!cleared.has(victim.space)) evicted({ namespace: victim.space.namespace, id: victim.id });
    }
  };

  return {
    find: (key) => spaces.get(key.namespace)?.entries.get(key.id),
    space: (namespace) => spaces.get(namespace),
    remove,
    firstExpired,
    used: (entry) => byUse(entry).used(entry),
    moved: (entry) => byDeadline.moved(entry),

    add(record, now) {
      const needed = neededBy(record);
      makeRoom(1, needed, undefined, now);
      const space = spaces.get(record.namespace) ?? newSpace(record.namespace);
      spaces.set(space.namespace, space);
      const entry = toEntry(space, record);
      space.entries.set(entry.id, entry);
      byDeadline.add(entry);
      link(entry);
      size++;
      bytes += needed;
    },

    replace(entry, record, now) {
      const growth = neededBy(record) - bytesOf(entry);
      makeRoom(0, growth, entry, now);
      bytes += growth;
      // Only then: somebody may be listing the user's sessions.
      const isOtherUser = entry.userId !== record.userId;
      if (isOtherUser) unlink(entry);
      overwrite(entry, record);
      if (isOtherUser) link(entry);
    },

    detach(space) {
      spaces.delete(space.namespace);
      cleared.add(space);
    },
    detached: (space) => void cleared.delete(space),
  };
}

function tooLarge(needed: number, maxBytes: number): SessionError {
  return new SessionError(
    "STORE_UNAVAILABLE",
    `The session takes about ${needed} bytes, and all sessions in memory may take ${maxBytes} (maxBytes of memoryStore). Nothing was stored.`,
  );
}
