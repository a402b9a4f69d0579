import { join } from "node:path";
import type { RecordKey, StoredRecord } from "../../types/store.ts";
import { unless } from "./filesystem.ts";
import { type Head, nameOf, sessionPathOf } from "./layout.ts";
import { readLive } from "./list.ts";
import type { Root } from "./root.ts";

/**
 * The sessions that this process read or wrote last. Names of heads are never reused, so if the file still exists, the
 * session is unchanged, and a read costs one `stat`.
 */
export interface ReadCache {
  /** Reads a live session. */
  read(key: RecordKey, now: number): Promise<StoredRecord | undefined>;
  /** Records a change by this process. Without a record, only the head has changed. */
  update(key: RecordKey, head: Head, record?: StoredRecord): void;
}

/** In characters of bodies, which is about the number of bytes. */
const maxSize = 4_194_304;
/** The size of a session beside its body, in characters. */
const overhead = 500;

interface CachedRecord {
  readonly head: Head;
  readonly place: string;
  readonly record: StoredRecord;
}

export function readCacheOf(root: Root): ReadCache {
  // Least recently used first.
  const known = new Map<string, CachedRecord>();
  let size = 0;

  const forget = (name: string): void => {
    const cached = known.get(name);
    if (cached && known.delete(name)) size -= sizeOf(cached);
  };

  const remember = (name: string, cached: CachedRecord): void => {
    forget(name);
    known.set(name, cached);
    size += sizeOf(cached);
    for (const oldest of known.keys()) {
      if (size <= maxSize) return;
      forget(oldest);
    }
  };

  return {
    async read(key, now) {
      const name = JSON.stringify([key.namespace, key.id]);
      const last = known.get(name);
      if (last && last.head.expiresAt > now && (await isCurrent(root, last))) {
        remember(name, last);
        return { ...last.record };
      }
      const place = sessionPathOf(root.path, key);
      const live = await readLive(root, place, ({ expiresAt }) => expiresAt > now);
      if (live) remember(name, { ...live, place: place.path });
      else forget(name);
      return live && { ...live.record };
    },

    update(key, head, record) {
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

const isCurrent = async ({ files }: Root, { place, head }: CachedRecord): Promise<boolean> =>
  (await unless(["ENOENT", "ENOTDIR"], files.changedAt(join(place, nameOf(head))))) !== undefined;
