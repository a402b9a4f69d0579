import { dirname, join } from "node:path";
import { makeDirectories, removeEmpty } from "./directories.ts";
import { type Files, hasCode, unless } from "./filesystem.ts";
import { type Head, isSessionHash, type SessionPath } from "./layout.ts";
import { mapParallel } from "./root.ts";

// Two kinds of empty files whose names identify a session. Either may outlive its use, so a reader always checks the
// session itself.
//
// A user entry is valid until `until`. It is written before a record that expires no later than that, and removed after
// it. So no crash and no pause leaves a live session out of its user's list.
//
// A deadline says from when the session may have expired. It does not change when the session's expiry moves to a later
// time; once it is due, `prune` replaces it by the session's current expiry.

/** An entry in a user's list. */
export interface Entry extends Pick<Head, "createdAt" | "until" | "incarnation"> {
  readonly hash: string;
}

/** How much longer than its record an entry lasts, so that an active session needs a new entry only this often. */
const entrySlackMs = 3_600_000;
const hourMs = 3_600_000;

export const usersOf = (space: string): string => join(space, "users");
export const userPath = (space: string, user: string): string => join(usersOf(space), user.slice(0, 2), user);
export const deadlinesOf = (space: string): string => join(space, "deadlines");
export const hourOf = (time: number): number => Math.floor(time / hourMs);

/** Returns the head with an `until` that covers its expiry. */
export function withEntry(head: Head, before?: Head): Head {
  const isListed = before && head.user === before.user && head.expiresAt <= before.until;
  if (head.user === undefined || isListed) return head;
  // Later than every earlier value, so that a session never reuses the name of an entry.
  return { ...head, until: Math.max(head.expiresAt + entrySlackMs, (before?.until ?? Number.MIN_SAFE_INTEGER) + 1) };
}

/** Adds the index files that must exist before a session gets this head. Returns the directory to sync first, if any. */
export async function addIndexFiles(
  files: Files,
  place: SessionPath,
  head: Head,
  before?: Head,
): Promise<string | undefined> {
  if (!before || head.expiresAt < before.expiresAt) await addDeadline(files, place, head);
  if (head.user === undefined || (head.user === before?.user && head.until === before.until)) return undefined;
  await addEntry(files, place, head);
  return userPath(place.space, head.user);
}

/** Removes the user entry of a former head, unless the new head still needs it. */
export async function removeUserEntry(files: Files, place: SessionPath, before: Head, after?: Head): Promise<void> {
  if (before.user === undefined || (before.user === after?.user && before.until === after.until)) return;
  await unless(["ENOENT"], files.remove(entryPath(place, before.user, before)));
}

/** Removes the index files of a session that was not created. */
export async function undoIndexFiles(files: Files, place: SessionPath, head: Head): Promise<void> {
  await removeUserEntry(files, place, head);
  await unless(["ENOENT"], files.remove(deadlinePath(place, head)));
}

export async function addEntry(files: Files, place: SessionPath, head: Head): Promise<void> {
  if (head.user !== undefined) await addFile(files, entryPath(place, head.user, head));
}

const entryPath = (place: SessionPath, user: string, { createdAt, until, incarnation }: Head): string =>
  join(userPath(place.space, user), `${createdAt}.${until}.${incarnation}.${place.hash}`);

export function parseEntry(name: string): Entry | undefined {
  const [, createdAt, until, incarnation, hash] = /^(-?\d+)\.(-?\d+)\.([0-9a-f]{16})\.([0-9a-f]+)$/.exec(name) ?? [];
  if (incarnation === undefined || hash === undefined || !isSessionHash(hash)) return undefined;
  return { createdAt: Number(createdAt), until: Number(until), incarnation, hash };
}

export interface Deadline {
  readonly due: number;
  readonly incarnation: string;
  readonly hash: string;
}

export const addDeadline = (files: Files, place: SessionPath, head: Head): Promise<void> =>
  addFile(files, deadlinePath(place, head));

const deadlinePath = ({ space, hash }: SessionPath, { expiresAt, incarnation }: Head): string =>
  join(deadlinesOf(space), String(hourOf(expiresAt)), `${expiresAt}.${incarnation}.${hash}`);

export function parseDeadline(name: string): Deadline | undefined {
  const [, due, incarnation, hash] = /^(-?\d+)\.([0-9a-f]{16})\.([0-9a-f]+)$/.exec(name) ?? [];
  if (incarnation === undefined || hash === undefined || !isSessionHash(hash)) return undefined;
  return { due: Number(due), incarnation, hash };
}

/** Adds an empty file unless it exists. */
async function addFile(files: Files, path: string): Promise<void> {
  for (;;) {
    try {
      return await files.write(path);
    } catch (error) {
      if (hasCode(error, "EEXIST")) return;
      if (!hasCode(error, "ENOENT")) throw error;
    }
    // The directory does not exist yet, or was removed because it was empty.
    await makeDirectories(files, dirname(path));
  }
}

/** Removes user entries or deadlines, and their directory if it is then empty. */
export async function removeIndexFiles(
  files: Files,
  path: string,
  names: readonly string[],
  left: number,
): Promise<void> {
  await mapParallel(names, (name) => unless(["ENOENT"], files.remove(join(path, name))));
  if (left === 0) await removeEmpty(files, path);
}
