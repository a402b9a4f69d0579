import { dirname, join } from "node:path";
import type { StoredRecord } from "../../types/store.ts";
import { formatBody } from "./body.ts";
import { makeDirectories, publishIn, syncDirectory } from "./directories.ts";
import { publishing, UnknownOutcome } from "./errors.ts";
import { type Files, hasCode, unless } from "./filesystem.ts";
import { announce, retract, withEntry } from "./index-entries.ts";
import { bodyOf, type Head, nameOf, random, type SessionPath, sessionPathOf, userOf } from "./layout.ts";
import { finish } from "./remove.ts";
import { bestEffort, type Check, type Root } from "./root.ts";
import { readDirectory, removeFiles } from "./session-directory.ts";

/** Puts a session together elsewhere and moves it to its place. Whether that was free. */
export async function create(root: Root, record: StoredRecord, check: Check): Promise<boolean> {
  const { files, path, moving } = root;
  const { version, commitId, createdAt, lastSeenAt, expiresAt } = record;
  const place = sessionPathOf(path, record);
  const own = { step: 1, user: userOf(record.userId), until: 0, incarnation: random(), body: random() };
  const head = withEntry({ ...own, version, commitId, createdAt, lastSeenAt, expiresAt });
  const making = join(moving, `new.${random()}`);
  const abandon = async (): Promise<void> => {
    await bestEffort(retract(files, place, head));
    await bestEffort(discard(files, making));
  };
  let isPublished: boolean;
  try {
    // In this order a file system with a journal writes it once for all that comes before the session takes its place.
    const listed = await announce(files, place, head);
    await build(root, making, head, record);
    if (listed !== undefined) await syncDirectory(files, listed);
    isPublished = await publish(root, making, place, check);
  } catch (error) {
    if (!(error instanceof UnknownOutcome)) await abandon();
    throw error;
  }
  if (!isPublished) await abandon();
  return isPublished;
}

async function build({ files, moving }: Root, making: string, head: Head, record: StoredRecord): Promise<void> {
  const isMade = await unless(
    ["ENOENT"],
    files.makeDirectory(making).then(() => true),
  );
  if (!isMade) {
    await makeDirectories(files, moving);
    await files.makeDirectory(making);
  }
  await files.write(join(making, nameOf(head)));
  await files.write(bodyOf(making, head), formatBody(record));
  await syncDirectory(files, making);
}

async function publish({ files }: Root, making: string, place: SessionPath, check: Check): Promise<boolean> {
  const shard = dirname(place.path);
  for (;;) {
    const isPublished = await publishIn(files, shard, async () => {
      check();
      return takePlace();
    });
    if (isPublished) return true;
    // `clear` may take it away again at once.
    if (isPublished === undefined) await unless(["ENOENT"], makeDirectories(files, shard));
    else if (!(await isFreed())) return false;
  }

  async function takePlace(): Promise<boolean> {
    try {
      await publishing(files.move(making, place.path));
      return true;
    } catch (error) {
      if (hasCode(error, "ENOTEMPTY", "EEXIST")) return false;
      // `clear` has taken all sessions away: also the directory that this one was to go to.
      if (hasCode(error, "ENOENT") && (await files.changedAt(making))) return false;
      // So says Windows, whatever is there.
      if (hasCode(error, "EPERM") && (await readDirectory(files, place.path))) return false;
      throw error;
    }
  }

  /** Whether what is at the place was only what is left of a session. */
  async function isFreed(): Promise<boolean> {
    const sight = await readDirectory(files, place.path);
    if (sight?.head && !sight.isEnded) return false;
    return !sight || (await finish(files, place, sight)) || !sight.hasForeign;
  }
}

/** Removes a session that nobody has seen. */
async function discard(files: Files, making: string): Promise<void> {
  const sight = await readDirectory(files, making);
  if (sight) await removeFiles(files, making, sight.own);
}
