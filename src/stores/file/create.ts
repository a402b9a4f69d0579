import { dirname, join } from "node:path";
import type { StoredRecord } from "../../types/store.ts";
import { formatBody } from "./body.ts";
import { makeDirectories, publishIn, syncDirectory } from "./directories.ts";
import { publishing, UnknownOutcome } from "./errors.ts";
import { type Files, hasCode, unless } from "./filesystem.ts";
import { addIndexFiles, undoIndexFiles, withEntry } from "./index-entries.ts";
import { bodyOf, type Head, nameOf, random, type SessionPath, sessionPathOf, userOf } from "./layout.ts";
import { removeEnded } from "./remove.ts";
import { bestEffort, type Check, type Root } from "./root.ts";
import { readDirectory, removeFiles } from "./session-directory.ts";

/** Builds a session in the staging directory and renames it into place. Returns false if the place was taken. */
export async function create(root: Root, record: StoredRecord, check: Check): Promise<boolean> {
  const { files, path, moving } = root;
  const { version, commitId, createdAt, lastSeenAt, expiresAt } = record;
  const place = sessionPathOf(path, record);
  const fields = { step: 1, user: userOf(record.userId), until: 0, incarnation: random(), body: random() };
  const head = withEntry({ ...fields, version, commitId, createdAt, lastSeenAt, expiresAt });
  const staged = join(moving, `new.${random()}`);
  const abandon = async (): Promise<void> => {
    await bestEffort(undoIndexFiles(files, place, head));
    await bestEffort(discard(files, staged));
  };
  let isPublished: boolean;
  try {
    // In this order a journaling file system commits its journal once for everything before the rename.
    const listed = await addIndexFiles(files, place, head);
    await build(root, staged, head, record);
    if (listed !== undefined) await syncDirectory(files, listed);
    isPublished = await publish(root, staged, place, check);
  } catch (error) {
    if (!(error instanceof UnknownOutcome)) await abandon();
    throw error;
  }
  if (!isPublished) await abandon();
  return isPublished;
}

async function build({ files, moving }: Root, staged: string, head: Head, record: StoredRecord): Promise<void> {
  const isMade = await unless(
    ["ENOENT"],
    files.makeDirectory(staged).then(() => true),
  );
  if (!isMade) {
    await makeDirectories(files, moving);
    await files.makeDirectory(staged);
  }
  await files.write(join(staged, nameOf(head)));
  await files.write(bodyOf(staged, head), formatBody(record));
  await syncDirectory(files, staged);
}

async function publish({ files }: Root, staged: string, place: SessionPath, check: Check): Promise<boolean> {
  const shard = dirname(place.path);
  for (;;) {
    const isPublished = await publishIn(files, shard, async () => {
      check();
      return takePlace();
    });
    if (isPublished) return true;
    // `clear` may remove the directory again at once, so the loop tries until the rename succeeds.
    if (isPublished === undefined) await unless(["ENOENT"], makeDirectories(files, shard));
    else if (!(await isFreed())) return false;
  }

  async function takePlace(): Promise<boolean> {
    try {
      await publishing(files.move(staged, place.path));
      return true;
    } catch (error) {
      if (hasCode(error, "ENOTEMPTY", "EEXIST")) return false;
      // `clear` has moved all sessions away, and with them the target directory.
      if (hasCode(error, "ENOENT") && (await files.changedAt(staged))) return false;
      // Windows reports EPERM for any existing target.
      if (hasCode(error, "EPERM") && (await readDirectory(files, place.path))) return false;
      throw error;
    }
  }

  /** Removes the remains of an ended session at the place. Returns whether the place may be free now. */
  async function isFreed(): Promise<boolean> {
    const snapshot = await readDirectory(files, place.path);
    if (snapshot?.head && !snapshot.isEnded) return false;
    return !snapshot || (await removeEnded(files, place, snapshot)) || !snapshot.hasForeign;
  }
}

/** Removes a session that was never published. */
async function discard(files: Files, staged: string): Promise<void> {
  const snapshot = await readDirectory(files, staged);
  if (snapshot) await removeFiles(files, staged, snapshot.ownNames);
}
