import { dirname, join } from "node:path";
import { makeDirectories, removeEmpty } from "./directories.ts";
import { type Files, hasCode, unless } from "./filesystem.ts";
import { type Head, isSessionHash, type SessionPath } from "./layout.ts";
import { eachOf } from "./root.ts";

// Two kinds of empty files whose names say which session they are about. Both may be there without need, and whoever
// comes by looks at the session itself.
//
// A user's entry lasts until `until`: it is there before a record that lives no longer than that, and may go after it. So no
// crash and no pause leaves a living session out of its user's list.
//
// A deadline is there from which on the session may be over. It is not moved when the session's own deadline is moved to a
// later time, but only when it has come.

/** An entry in a user's list. */
export interface Entry extends Pick<Head, "createdAt" | "until" | "incarnation"> {
  readonly hash: string;
}

/** How much longer than its record an entry lasts, so that a session in use needs a new one only that often. */
const slack = 3_600_000;
const hour = 3_600_000;

export const usersOf = (space: string): string => join(space, "users");
export const userPath = (space: string, user: string): string => join(usersOf(space), user.slice(0, 2), user);
export const deadlinesOf = (space: string): string => join(space, "deadlines");
export const hourOf = (time: number): number => Math.floor(time / hour);

/** The head with an entry that lasts as long as it must. */
export function withEntry(head: Head, before?: Head): Head {
  const isListed = before && head.user === before.user && head.expiresAt <= before.until;
  if (head.user === undefined || isListed) return head;
  // Later than any before, so that no entry's name comes again in the life of a session.
  return { ...head, until: Math.max(head.expiresAt + slack, (before?.until ?? Number.MIN_SAFE_INTEGER) + 1) };
}

/** Adds what must be there before a session can have this head. The directory to bring to the disk before, if any. */
export async function announce(
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

/** Removes what is not needed any more once a session has left this head behind. */
export async function withdraw(files: Files, place: SessionPath, before: Head, after?: Head): Promise<void> {
  if (before.user === undefined || (before.user === after?.user && before.until === after.until)) return;
  await unless(["ENOENT"], files.remove(entryPath(place, before.user, before)));
}

/** Removes what was added for a session that did not come to be. */
export async function retract(files: Files, place: SessionPath, head: Head): Promise<void> {
  await withdraw(files, place, head);
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

/** If it is not there yet. */
async function addFile(files: Files, path: string): Promise<void> {
  for (;;) {
    try {
      return await files.write(path);
    } catch (error) {
      if (hasCode(error, "EEXIST")) return;
      if (!hasCode(error, "ENOENT")) throw error;
    }
    // Not there yet, or removed because it was empty.
    await makeDirectories(files, dirname(path));
  }
}

/** Removes entries or deadlines, and their directory if nothing is left there. */
export async function dropFiles(files: Files, path: string, names: readonly string[], left: number): Promise<void> {
  await eachOf(names, (name) => unless(["ENOENT"], files.remove(join(path, name))));
  if (left === 0) await removeEmpty(files, path);
}
