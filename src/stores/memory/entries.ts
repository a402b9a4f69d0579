import { eachInTurns } from "../../core/language/breaks.ts";
import type { StoredRecord } from "../../types/store.ts";
import type { Position } from "../shared/cursor.ts";
import type { Expiring } from "./expiry-heap.ts";
import type { Used } from "./lru.ts";

/** One session in memory. */
export interface Entry extends Expiring, Used<Entry> {
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
  /** Only of sessions that have a user. */
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
    place: 0,
    older: undefined,
    newer: undefined,
  };
}

export function toRecord(entry: Entry): StoredRecord {
  const { space, id, version, commitId, body, userId, createdAt, lastSeenAt, expiresAt } = entry;
  const { namespace } = space;
  return userId === undefined
    ? { namespace, id, version, commitId, body, createdAt, lastSeenAt, expiresAt }
    : { namespace, id, version, commitId, body, userId, createdAt, lastSeenAt, expiresAt };
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

/** The next `limit` live entries behind a position, in order of (createdAt, id), without sorting all there are. */
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
 * A text that shares no memory with another one. What is cut from a long text (a token from a Cookie header) or built
 * from pieces keeps all of them alive in V8; joining two halves copies. Below 13 characters V8 copies by itself.
 */
export function ownCopy(text: string): string {
  const half = text.length >> 1;
  return half < 6 ? text : [text.slice(0, half), text.slice(half)].join("");
}
