import { join, resolve } from "node:path";
import { invalidOption } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { checkDirectory } from "./check-directory.ts";
import { makeDirectories } from "./directories.ts";
import { disk } from "./filesystem.ts";
import { fileStoreIn } from "./store.ts";

export interface FileStoreOptions {
  /**
   * Where the sessions are kept. Made when missing, for the eyes of this user only; nobody else may be able to write
   * there. It must be on a local disk: network file systems do not keep what this store relies on.
   */
  readonly directory: string;
}

/**
 * Keeps sessions as plain files: for all processes of one host, through restarts and crashes. For development and sites
 * with little traffic; `sqliteStore` is as simple to run, makes sessions faster, and counts and lists all of them at once.
 *
 * To read and to change a session and to list a user's costs the same with any number of sessions. `count`, and `list`
 * without a user, look at every session.
 *
 * @example
 * const sessions = createSessions({ store: fileStore({ directory: "data/sessions" }) });
 */
export function fileStore({ directory }: FileStoreOptions): SessionStore {
  if (typeof directory !== "string" || directory === "" || directory.includes("\0")) {
    throw invalidOption('directory must be the name of a directory, for instance "data/sessions".');
  }
  const path = resolve(directory);
  const root = { files: disk, path, moving: join(path, "moving") };
  return fileStoreIn(root, async () => {
    await makeDirectories(disk, root.path);
    await checkDirectory(root.path);
    await makeDirectories(disk, root.moving);
  });
}
