import { eachInTurns } from "../../core/language/breaks.ts";
import type { StoredRecord } from "../../types/store.ts";
import type { Position } from "../shared/cursor.ts";
import type { Expiring } from "./expiry-heap.ts";
import type { LruItem } from "./lru.ts";

export interface Entry extends Expiring, LruItem<Entry> {
  readonly space: Space;
  readonly id: string;
  version: number;
  commitId: string;
  body: string;
  userId: string | undefined;
  readonly createdAt: number;
  lastSeenAt: number;
}

/** The records of one namespace. */
export interface Space {
  readonly namespace: string;
  readonly entries: Map<string, Entry>;
  /** The entries of each user; sessions without a user are not listed. */
  readonly users: Map<string, Set<Entry>>;
}

export const newSpace = (namespace: string): Space => ({ namespace, entries: new Map(), users: new Map() });

export function toEntry(space: Space, record: StoredRecord): Entry {
  return {
    space,
    id: ownCopy(record.id),
    version: record.version,
    commitId: ownCopy(record.commitId),
    body: ownCopy(record.body),
    userId: record.userId === undefined ? undefined : ownCopy(record.userId),
    createdAt: record.createdAt,
    lastSeenAt: record.lastSeenAt,
    expiresAt: record.expiresAt,
    index: 0,
    older: undefined,
    newer: undefined,
  };
}

/** Gives an entry everything of a record but its times. */
export function overwrite(entry: Entry, { version, commitId, body, userId }: StoredRecord): void {
  entry.version = version;
  entry.commitId = ownCopy(commitId);
  entry.body = ownCopy(body);
  if (entry.userId !== userId) entry.userId = userId === undefined ? undefined : ownCopy(userId);
}

export function toRecord(entry: Entry): StoredRecord {
  const { space, id, version, commitId, body, userId, createdAt, lastSeenAt, expiresAt } = entry;
  const { namespace } = space;
  return userId === undefined
    ? { namespace, id, version, commitId, body, createdAt, lastSeenAt, expiresAt }
    : { namespace, id, version, commitId, body, userId, createdAt, lastSeenAt, expiresAt };
}

/** The bytes of a record beside its text, measured with V8. */
const overhead = 320;

/** Estimates the memory that a record takes. Engines store a character in one byte, or in two if any needs two. */
export function bytesOf({ body, userId = "" }: Pick<StoredRecord, "body" | "userId">): number {
  return overhead + body.length * (/[^\0-\xff]/.test(body) ? 2 : 1) + userId.length;
}

export function addToUser(entry: Entry): void {
  if (entry.userId === undefined) return;
  const { users } = entry.space;
  const sessions = users.get(entry.userId);
  if (sessions) sessions.add(entry);
  else users.set(entry.userId, new Set([entry]));
}

export function removeFromUser(entry: Entry): void {
  if (entry.userId === undefined) return;
  const { users } = entry.space;
  const sessions = users.get(entry.userId);
  sessions?.delete(entry);
  if (sessions?.size === 0) users.delete(entry.userId);
}

/** Returns the next `limit` live entries after a position, in order of (createdAt, id), without sorting all entries. */
export async function nextEntries(
  entries: Iterable<Entry>,
  after: Position,
  limit: number,
  now: number,
): Promise<Entry[]> {
  const next: Entry[] = [];
  let last: Entry | undefined;
  const cut = (): void => {
    next.sort(order);
    next.length = Math.min(next.length, limit);
    last = next[limit - 1];
  };
  await eachInTurns(entries, (entry) => {
    if (entry.expiresAt <= now || order(entry, after) <= 0 || (last && order(entry, last) > 0)) return;
    next.push(entry);
    if (next.length >= 2 * limit) cut();
  });
  cut();
  return next;
}

function order(a: Position, b: Position): number {
  return a.createdAt - b.createdAt || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/**
 * Returns a string that shares no memory with another one. In V8 a substring (a token in a Cookie header) or a
 * concatenation keeps its sources alive; joining two halves copies. Below 13 characters V8 copies anyway.
 */
function ownCopy(text: string): string {
  const half = text.length >> 1;
  return half < 6 ? text : [text.slice(0, half), text.slice(half)].join("");
}
