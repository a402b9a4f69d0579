import type { RecordKey, RecordStamp, StoredRecord } from "../../types/store.ts";
import { isAt } from "../shared/fence.ts";
import { formatBody } from "./body.ts";
import { publishIn, syncDirectory } from "./directories.ts";
import { UnknownOutcome } from "./errors.ts";
import { type Files, unless } from "./filesystem.ts";
import { addIndexFiles, removeUserEntry, withEntry } from "./index-entries.ts";
import { bodyName, bodyOf, type Head, random, type SessionPath, sessionPathOf, userOf } from "./layout.ts";
import { bestEffort, type Check, type Root } from "./root.ts";
import { advance, type LiveSnapshot, readLiveDirectory, removeBodies, removeFiles } from "./session-directory.ts";

/** The preconditions of an update. */
export interface Condition {
  readonly expected: RecordStamp;
  readonly now: number;
  readonly check: Check;
}

interface Change {
  next(head: Head): Head;
  /** Writes what the new head needs, then runs `step`, which renames the head. */
  publish(next: Head, step: () => Promise<boolean>): Promise<boolean | undefined>;
}

type Times = Pick<Head, "lastSeenAt" | "expiresAt">;

/** Touches a session. Returns its new head, or `undefined` if the session is gone, expired or changed. */
export async function touch(root: Root, key: RecordKey, times: Times, condition: Condition): Promise<Head | undefined> {
  const moved = await apply(root.files, sessionPathOf(root.path, key), condition, {
    next: (head) => ({ ...head, ...laterTimes(head, times) }),
    // Not synced: after a power failure the session has its former expiry, which is acceptable.
    publish: (_, step) => step(),
  });
  return moved?.after;
}

/** Replaces a session. Returns its new head, or `undefined` if the session is gone, expired or changed. */
export async function replace(
  { files, path }: Root,
  record: StoredRecord,
  condition: Condition,
): Promise<Head | undefined> {
  const place = sessionPathOf(path, record);
  const changed = { version: record.version, commitId: record.commitId, user: userOf(record.userId) };
  const content = formatBody(record);
  const moved = await apply(files, place, condition, {
    next: (head) => ({ ...head, ...laterTimes(head, record), ...changed, body: random() }),
    publish: async (next, step) => {
      try {
        await files.write(bodyOf(place.path, next), content);
        const isPublished = await publishIn(files, place.path, step);
        if (!isPublished) await bestEffort(removeFiles(files, place.path, [bodyName(next)]));
        return isPublished;
      } catch (error) {
        if (!(error instanceof UnknownOutcome)) await bestEffort(removeFiles(files, place.path, [bodyName(next)]));
        throw error;
      }
    },
  });
  if (moved) await bestEffort(removeBodies(files, place.path, moved.before, bodyName(moved.after)));
  return moved?.after;
}

/** Renames the head to its next name. Retries while other writers touch the session. */
async function apply(
  files: Files,
  place: SessionPath,
  { expected, now, check }: Condition,
  change: Change,
): Promise<{ readonly before: LiveSnapshot; readonly after: Head } | undefined> {
  let incarnation: string | undefined;
  for (;;) {
    const before = await readLiveDirectory(files, place.path);
    if (!before || !isAt(before.head, expected) || before.head.expiresAt <= now) return undefined;
    incarnation ??= before.head.incarnation;
    // Deleted and created again: a different session, even with the same version.
    if (before.head.incarnation !== incarnation) return undefined;
    const after = withEntry({ ...change.next(before.head), step: before.head.step + 1 }, before.head);
    const listed = await addIndexFiles(files, place, after, before.head);
    const step = async (): Promise<boolean> => {
      if (listed !== undefined) await syncDirectory(files, listed);
      check();
      return advance(files, place.path, before.head, after);
    };
    // ENOENT: the directory may have been removed.
    if (await unless(["ENOENT", "ENOTDIR"], change.publish(after, step))) {
      await bestEffort(removeUserEntry(files, place, before.head, after));
      return { before, after };
    }
    check();
  }
}

/** Keeps a later touch by another writer. */
const laterTimes = (head: Head, { lastSeenAt, expiresAt }: Times): Times => ({
  lastSeenAt: Math.max(head.lastSeenAt, lastSeenAt),
  expiresAt: head.lastSeenAt > lastSeenAt ? Math.max(head.expiresAt, expiresAt) : expiresAt,
});
