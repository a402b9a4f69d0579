import { join } from "node:path";
import { removeEmpty } from "./directories.ts";
import { publishing } from "./errors.ts";
import { type Files, hasCode, unless } from "./filesystem.ts";
import { type Head, isBody, nameOf, parseHead } from "./layout.ts";

// A session is a directory with one head and the file of its body. These are the rules that keep it whole, whoever stops
// where, and for however long:
//
// 1. A session begins when a directory that is complete takes its place, which must be free or empty.
// 2. Whoever changes it looks at its head, gets all else ready and then renames that head, which fails if anybody else
//    renamed it first: a head's name holds all that can change, and none of its names comes twice.
// 3. A body is written for one such rename, after that look. So the body before, and all that were seen beside it, may go
//    as soon as the head was renamed: who wrote them cannot rename it any more.
// 4. A session ends when its directory leaves its place, or when its head is renamed to "over", which is never undone.
//    What is left is removed name by name, no name comes twice, and a directory goes only when it is empty.

/** What there is in a session's directory. */
export interface DirectorySnapshot {
  readonly head: Head | undefined;
  readonly isEnded: boolean;
  /** Names of ours. */
  readonly own: readonly string[];
  readonly hasForeign: boolean;
}

export type LiveSnapshot = DirectorySnapshot & { readonly head: Head; readonly isOver: false };

export const isLive = (sight: DirectorySnapshot | undefined): sight is LiveSnapshot =>
  sight?.head !== undefined && !sight.isEnded;

const maxAttempts = 4;

/** Looks into a session's directory; `undefined` if there is none. */
export async function readDirectory(files: Files, path: string): Promise<DirectorySnapshot | undefined> {
  for (let glance = 1; ; glance++) {
    const names = await unless(["ENOENT", "ENOTDIR"], files.list(path));
    if (!names) return undefined;
    const heads: Head[] = [];
    const over: Head[] = [];
    const own: string[] = [];
    for (const name of names) {
      const parsed = isBody(name) ? undefined : parseHead(name);
      if (parsed) (parsed.isOver ? over : heads).push(parsed.head);
      if (parsed || isBody(name)) own.push(name);
    }
    // A head that is renamed meanwhile may be seen under both names or, on some systems, under none.
    const isSure = over.length > 0 || heads.length === 1 || names.length === 0;
    if (!isSure && glance < maxAttempts) continue;
    const isOver = over.length > 0;
    return { head: isOver ? over[0] : heads[0], isEnded: isOver, own, hasForeign: own.length < names.length };
  }
}

/** Looks for a session that goes on. */
export async function readLiveDirectory(files: Files, path: string): Promise<LiveSnapshot | undefined> {
  const sight = await readDirectory(files, path);
  return isLive(sight) ? sight : undefined;
}

/** Moves a session on, unless anything has moved it since `from` was seen. */
export function advance(files: Files, path: string, from: Head, to: Head): Promise<boolean> {
  return rename(files, join(path, nameOf(from)), join(path, nameOf(to)));
}

/** Ends a session, unless anything has moved it since `head` was seen. */
export function end(files: Files, path: string, head: Head): Promise<boolean> {
  return rename(files, join(path, nameOf(head)), join(path, nameOf(head, "over")));
}

/** Whether there was something of that name. */
export async function rename(files: Files, from: string, to: string): Promise<boolean> {
  try {
    await publishing(files.move(from, to));
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT", "ENOTDIR")) return false;
    throw error;
  }
}

/** Removes bodies that nothing can need any more. */
export async function removeBodies(
  files: Files,
  path: string,
  { own }: DirectorySnapshot,
  kept: string,
): Promise<void> {
  const old = own.filter((name) => isBody(name) && name !== kept);
  for (const name of old) await unless(["ENOENT", "ENOTDIR"], files.remove(join(path, name)));
}

/** Removes files of a session that is over. Whether nothing is left of its directory. */
export async function removeFiles(files: Files, path: string, own: readonly string[]): Promise<boolean> {
  // The head last: it tells the next one who comes that this is over.
  const inOrder = own.toSorted((a, b) => Number(isBody(b)) - Number(isBody(a)));
  for (const name of inOrder) await unless(["ENOENT", "ENOTDIR"], files.remove(join(path, name)));
  return removeEmpty(files, path);
}
