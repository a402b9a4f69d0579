import type { RecordKey, RecordStamp, StoredRecord } from "../../types/store.ts";
import { isAt } from "../shared/fence.ts";
import { formatBody } from "./body.ts";
import { publishIn, syncDirectory } from "./directories.ts";
import { UnknownOutcome } from "./errors.ts";
import { type Files, unless } from "./filesystem.ts";
import { announce, withdraw, withEntry } from "./index-entries.ts";
import { bodyName, bodyOf, type Head, random, type SessionPath, sessionPathOf, userOf } from "./layout.ts";
import { bestEffort, type Check, type Root } from "./root.ts";
import { advance, type LiveSnapshot, readLiveDirectory, removeBodies, removeFiles } from "./session-directory.ts";

/** What a session must be like to be changed. */
export interface Condition {
  readonly expected: RecordStamp;
  readonly now: number;
  readonly check: Check;
}

interface Change {
  next(head: Head): Head;
  /** Gets ready what a new head needs, and then does the step. */
  publish(next: Head, step: () => Promise<boolean>): Promise<boolean | undefined>;
}

type Times = Pick<Head, "lastSeenAt" | "expiresAt">;

/** The head that it has then; `undefined` if it could not be touched. */
export async function touch(root: Root, key: RecordKey, times: Times, condition: Condition): Promise<Head | undefined> {
  const moved = await apply(root.files, sessionPathOf(root.path, key), condition, {
    next: (head) => ({ ...head, ...laterTimes(head, times) }),
    // Not brought to the disk: after a power failure the session is over no earlier than it was before.
    publish: (_, step) => step(),
  });
  return moved?.after;
}

/** The head that it has then; `undefined` if it could not be replaced. */
export async function replace(
  { files, path }: Root,
  record: StoredRecord,
  condition: Condition,
): Promise<Head | undefined> {
  const place = sessionPathOf(path, record);
  const own = { version: record.version, commitId: record.commitId, user: userOf(record.userId) };
  const content = formatBody(record);
  const moved = await apply(files, place, condition, {
    next: (head) => ({ ...head, ...laterTimes(head, record), ...own, body: random() }),
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

/** Moves a session on as soon as nobody else moves it in between. */
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
    // Deleted and created anew: another session, whatever its version.
    if (before.head.incarnation !== incarnation) return undefined;
    const after = withEntry({ ...change.next(before.head), step: before.head.step + 1 }, before.head);
    const listed = await announce(files, place, after, before.head);
    const step = async (): Promise<boolean> => {
      if (listed !== undefined) await syncDirectory(files, listed);
      check();
      return advance(files, place.path, before.head, after);
    };
    // The directory may be gone.
    if (await unless(["ENOENT", "ENOTDIR"], change.publish(after, step))) {
      await bestEffort(withdraw(files, place, before.head, after));
      return { before, after };
    }
    check();
  }
}

/** A visit that was recorded meanwhile stays recorded. */
const laterTimes = (head: Head, { lastSeenAt, expiresAt }: Times): Times => ({
  lastSeenAt: Math.max(head.lastSeenAt, lastSeenAt),
  expiresAt: head.lastSeenAt > lastSeenAt ? Math.max(head.expiresAt, expiresAt) : expiresAt,
});
