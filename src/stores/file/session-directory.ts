import { join } from "node:path";
import { removeEmpty } from "./directories.ts";
import { publishing } from "./errors.ts";
import { type Files, hasCode, unless } from "./filesystem.ts";
import { type Head, isBody, nameOf, parseHead } from "./layout.ts";

// A session is a directory with one head and one body file. Four rules keep it consistent, wherever a process stops or
// pauses, and for however long:
//
// 1. A session begins when its complete directory is renamed into place. The place must be free or empty.
// 2. To update: read the head's name, write the new body, then rename the head. The rename is the compare-and-set: it
//    fails if another writer renamed the head first. A head's name holds all mutable state and is never reused.
// 3. A body is written for one such rename, after the head was read. So once the head was renamed, the former body and
//    all bodies that were seen beside it can be removed: their writers can no longer rename the head.
// 4. A session ends when its directory leaves its place, or when its head is renamed to "over", which is never undone.
//    Its files are removed name by name, names are never reused, and a directory is removed only when it is empty.

/** The content of a session's directory at one moment. */
export interface DirectorySnapshot {
  readonly head: Head | undefined;
  readonly isEnded: boolean;
  /** Names of heads and bodies. */
  readonly ownNames: readonly string[];
  readonly hasForeign: boolean;
}

export type LiveSnapshot = DirectorySnapshot & { readonly head: Head; readonly isEnded: false };

export const isLive = (snapshot: DirectorySnapshot | undefined): snapshot is LiveSnapshot =>
  snapshot?.head !== undefined && !snapshot.isEnded;

const maxAttempts = 4;

/** Reads a session's directory. Returns `undefined` if there is none. */
export async function readDirectory(files: Files, path: string): Promise<DirectorySnapshot | undefined> {
  for (let attempt = 1; ; attempt++) {
    const names = await unless(["ENOENT", "ENOTDIR"], files.list(path));
    if (!names) return undefined;
    const heads: Head[] = [];
    const ended: Head[] = [];
    const ownNames: string[] = [];
    for (const name of names) {
      const parsed = isBody(name) ? undefined : parseHead(name);
      if (parsed) (parsed.isEnded ? ended : heads).push(parsed.head);
      if (parsed || isBody(name)) ownNames.push(name);
    }
    // A head that is being renamed may appear under both names or, on some systems, under neither.
    const isSure = ended.length > 0 || heads.length === 1 || names.length === 0;
    if (!isSure && attempt < maxAttempts) continue;
    const isEnded = ended.length > 0;
    return { head: isEnded ? ended[0] : heads[0], isEnded, ownNames, hasForeign: ownNames.length < names.length };
  }
}

/** Reads a session's directory. Returns `undefined` if the session has ended or does not exist. */
export async function readLiveDirectory(files: Files, path: string): Promise<LiveSnapshot | undefined> {
  const snapshot = await readDirectory(files, path);
  return isLive(snapshot) ? snapshot : undefined;
}

/** Renames the head. Returns false if another writer renamed it since `from` was read. */
export function advance(files: Files, path: string, from: Head, to: Head): Promise<boolean> {
  return rename(files, join(path, nameOf(from)), join(path, nameOf(to)));
}

/** Marks a session as ended. Returns false if another writer renamed the head since it was read. */
export function end(files: Files, path: string, head: Head): Promise<boolean> {
  return rename(files, join(path, nameOf(head)), join(path, nameOf(head, "over")));
}

/** Renames a file or directory. Returns false if there is none of that name. */
export async function rename(files: Files, from: string, to: string): Promise<boolean> {
  try {
    await publishing(files.move(from, to));
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}

/** Removes all bodies in the snapshot except `kept`. */
export async function removeBodies(
  files: Files,
  path: string,
  { ownNames }: DirectorySnapshot,
  kept: string,
): Promise<void> {
  const old = ownNames.filter((name) => isBody(name) && name !== kept);
  for (const name of old) await unless(["ENOENT", "ENOTDIR"], files.remove(join(path, name)));
}

/** Removes files of an ended session. Returns whether its directory is gone. */
export async function removeFiles(files: Files, path: string, ownNames: readonly string[]): Promise<boolean> {
  // The head last: it tells other processes that the session has ended.
  const inOrder = ownNames.toSorted((a, b) => Number(isBody(b)) - Number(isBody(a)));
  for (const name of inOrder) await unless(["ENOENT", "ENOTDIR"], files.remove(join(path, name)));
  return removeEmpty(files, path);
}
