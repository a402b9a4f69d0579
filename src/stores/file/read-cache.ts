import { join } from "node:path";
import type { RecordKey, StoredRecord } from "../../types/store.ts";
import { unless } from "./filesystem.ts";
import { type Head, nameOf, sessionPathOf } from "./layout.ts";
import { readLive } from "./list.ts";
import type { Root } from "./root.ts";

/**
 * The sessions that this process read or wrote last. No name of a head comes twice, so one that is still there says that
 * nobody has changed its session: then a read asks the disk for no more than that.
 */
export interface ReadCache {
  /** Reads a session that goes on. */
  read(key: RecordKey, now: number): Promise<StoredRecord | undefined>;
  /** Takes note of a change of this process's own; without a record only the head has changed. */
  moved(key: RecordKey, head: Head, record?: StoredRecord): void;
}

/** How many characters of bodies, and so about how many bytes. */
const largest = 4_194_304;
/** What else there is of a session, in characters. */
const overhead = 500;

interface CachedRecord {
  readonly head: Head;
  readonly place: string;
  readonly record: StoredRecord;
}

export function readCacheOf(root: Root): ReadCache {
  // In the order of use.
  const known = new Map<string, CachedRecord>();
  let size = 0;

  const forget = (name: string): void => {
    const one = known.get(name);
    if (one && known.delete(name)) size -= sizeOf(one);
  };

  const remember = (name: string, one: CachedRecord): void => {
    forget(name);
    known.set(name, one);
    size += sizeOf(one);
    for (const oldest of known.keys()) {
      if (size <= largest) return;
      forget(oldest);
    }
  };

  return {
    async read(key, now) {
      const name = JSON.stringify([key.namespace, key.id]);
      const last = known.get(name);
      if (last && last.head.expiresAt > now && (await isThere(root, last))) {
        remember(name, last);
        return { ...last.record };
      }
      const place = sessionPathOf(root.path, key);
      const live = await readLive(root, place, ({ expiresAt }) => expiresAt > now);
      if (live) remember(name, { ...live, place: place.path });
      else forget(name);
      return live && { ...live.record };
    },

    moved(key, head, record) {
      const name = JSON.stringify([key.namespace, key.id]);
      const last = known.get(name);
      const base = record ?? (last?.head.body === head.body ? last.record : undefined);
      if (!base) return;
      const { version, commitId, createdAt, lastSeenAt, expiresAt } = head;
      const place = last?.place ?? sessionPathOf(root.path, key).path;
      remember(name, { head, place, record: { ...base, version, commitId, createdAt, lastSeenAt, expiresAt } });
    },
  };
}

const sizeOf = ({ record }: CachedRecord): number => record.body.length + overhead;

const isThere = async ({ files }: Root, { place, head }: CachedRecord): Promise<boolean> =>
  (await unless(["ENOENT", "ENOTDIR"], files.changedAt(join(place, nameOf(head))))) !== undefined;
