import { join, resolve } from "node:path";
import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { invalidOption } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { checkDirectory } from "./check-directory.ts";
import { makeDirectories } from "./directories.ts";
import { disk } from "./filesystem.ts";
import { fileStoreIn } from "./store.ts";

/** Options of `fileStore()`. */
export interface FileStoreOptions {
  /**
   * The directory of the sessions. Created if missing, readable only by this user (mode 0700); no other user may have
   * write permission. It must be on a local disk: network file systems do not keep the guarantees that this store needs.
   */
  readonly path: string;
}

const known: Known<FileStoreOptions> = { path: true };

/**
 * Keeps sessions as plain files: for all processes of one host, through restarts and crashes. For development and sites
 * with little traffic; `sqliteStore` is as simple to run, creates sessions faster, and counts and lists all of them faster.
 *
 * Reading or changing a session and listing a user's sessions cost the same for any number of sessions. `count`, and
 * `list` without a user, read the head of every session.
 *
 * @example
 * const sessions = createSessions({ store: fileStore({ path: "data/sessions" }) });
 *
 * @throws SessionError INVALID_OPTION if `path` is not a usable path. The first operation checks the permissions.
 */
export function fileStore(options: FileStoreOptions): SessionStore {
  checkKeys(options, known, "fileStore()");
  const { path: given } = options;
  if (typeof given !== "string" || given === "" || given.includes("\0")) {
    throw invalidOption('path must be the path of a directory, for instance "data/sessions".');
  }
  const path = resolve(given);
  const root = { files: disk, path, moving: join(path, "moving") };
  return fileStoreIn(root, async () => {
    await makeDirectories(disk, root.path);
    await checkDirectory(root.path);
    await makeDirectories(disk, root.moving);
  });
}
