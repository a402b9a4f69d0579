import { basename, join } from "node:path";
import type { RecordKey, StoredRecord } from "../core/store.ts";
import { formatBody } from "./_file-body.ts";
import { publishIn, syncDirectory } from "./_file-directories.ts";
import { type Files, unless } from "./_file-disk.ts";
import { Unsettled } from "./_file-errors.ts";
import { announce, withdraw, withEntry } from "./_file-index.ts";
import { bodyOf, type Head, isBody, type Place, placeOf, random, userOf } from "./_file-names.ts";
import { type Check, quietly, type Root } from "./_file-root.ts";
import { advance, dismantle, type LiveSight, lookLive } from "./_file-session.ts";

/** What a session must be like to be changed. */
export interface Condition {
  readonly version: number;
  readonly now: number;
  readonly check: Check;
}

interface Change {
  next(head: Head): Head;
  /** Gets ready what the new head needs, and then does the step. */
  publish(step: () => Promise<boolean>): Promise<boolean | undefined>;
}

type Times = Pick<Head, "lastSeenAt" | "expiresAt">;

export async function touch(root: Root, key: RecordKey, times: Times, condition: Condition): Promise<boolean> {
  // Not brought to the disk: after a power failure the session is over no earlier than before the touch.
  const change = { next: (head: Head) => ({ ...head, ...seen(head, times) }), publish: (step: Step) => step() };
  return (await apply(root.files, placeOf(root.path, key), condition, change)) !== undefined;
}

export async function replace({ files, path }: Root, record: StoredRecord, condition: Condition): Promise<boolean> {
  const place = placeOf(path, record);
  const own = { version: record.version, user: userOf(record.userId), body: random() };
  const file = bodyOf(place.path, own);
  let written: "no" | "in part" | "yes" = "no";
  const publish = async (step: Step): Promise<boolean | undefined> => {
    if (written === "no") {
      written = "in part";
      await files.write(file, formatBody(record));
      written = "yes";
    }
    return publishIn(files, place.path, step);
  };
  const abandon = async (): Promise<void> => {
    if (written !== "no") await quietly(dismantle(files, place.path, [basename(file)]));
  };

  let before: LiveSight | undefined;
  try {
    before = await apply(files, place, condition, {
      next: (head) => ({ ...head, ...seen(head, record), ...own }),
      publish,
    });
  } catch (error) {
    if (!(error instanceof Unsettled)) await abandon();
    throw error;
  }
  if (before) await quietly(removeBodies(files, place, before, basename(file)));
  else await abandon();
  return before !== undefined;
}

type Step = () => Promise<boolean>;

/** Moves a session on as soon as nobody else moves it in between. What was there before, if it did. */
async function apply(files: Files, place: Place, condition: Condition, change: Change): Promise<LiveSight | undefined> {
  let incarnation: string | undefined;
  for (;;) {
    const before = await lookLive(files, place.path);
    if (before?.head.version !== condition.version || before.head.expiresAt <= condition.now) return undefined;
    incarnation ??= before.head.incarnation;
    // Deleted and created anew: another session, whatever its version.
    if (before.head.incarnation !== incarnation) return undefined;
    const next = withEntry(change.next(before.head), before.head);
    const listed = await announce(files, place, next, before.head);
    const step = async (): Promise<boolean> => {
      if (listed !== undefined) await syncDirectory(files, listed);
      condition.check();
      return advance(files, place.path, before.head, next);
    };
    // The directory may be gone.
    if (await unless(["ENOENT", "ENOTDIR"], change.publish(step))) {
      await quietly(withdraw(files, place, before.head, next));
      return before;
    }
    condition.check();
  }
}

/** A visit that was recorded meanwhile stays recorded. */
const seen = (head: Head, { lastSeenAt, expiresAt }: Times): Times => ({
  lastSeenAt: Math.max(head.lastSeenAt, lastSeenAt),
  expiresAt: head.lastSeenAt > lastSeenAt ? Math.max(head.expiresAt, expiresAt) : expiresAt,
});

/** The one before, and those of writers that were slower or were killed. */
async function removeBodies(files: Files, { path }: Place, { own }: LiveSight, kept: string): Promise<void> {
  for (const name of own) if (isBody(name) && name !== kept) await unless(["ENOENT"], files.remove(join(path, name)));
}
