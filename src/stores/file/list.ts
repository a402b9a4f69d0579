import { join } from "node:path";
import type { ListFilter, RecordPage, StoredRecord } from "../../types/store.ts";
import { formatCursor, type Position, parseCursor } from "../shared/cursor.ts";
import { parseBody } from "./body.ts";
import { namesIn } from "./directories.ts";
import { unless } from "./filesystem.ts";
import { parseEntry, removeIndexFiles, userPath } from "./index-entries.ts";
import {
  bodyOf,
  type Head,
  isSessionHash,
  isShard,
  type SessionPath,
  sessionPathAt,
  sessionPathOf,
  sessionsOf,
  spaceOf,
  userOf,
} from "./layout.ts";
import { bestEffort, type Check, mapParallel, type Root } from "./root.ts";
import { type LiveSnapshot, readLiveDirectory } from "./session-directory.ts";

type Accept = (head: Head) => boolean;

/** A session and the head under which it was read. */
interface LiveSession {
  readonly head: Head;
  readonly record: StoredRecord;
}

/** Reads the session at a place, if `accept` accepts its head. */
export async function readLive(root: Root, place: SessionPath, accept: Accept): Promise<LiveSession | undefined> {
  const { files } = root;
  let missing: string | undefined;
  for (;;) {
    const snapshot = await readLiveDirectory(files, place.path);
    if (!snapshot || !accept(snapshot.head)) return undefined;
    const file = await unless(["ENOENT", "ENOTDIR"], files.read(bodyOf(place.path, snapshot.head)));
    if (file) {
      const record = parseBody(file, snapshot.head);
      const isOwn = record && sessionPathOf(root.path, record).path === place.path;
      return isOwn ? { head: snapshot.head, record } : undefined;
    }
    // A body is removed only after its head was renamed, so a body that is missing twice was lost.
    if (snapshot.head.body === missing) return undefined;
    missing = snapshot.head.body;
  }
}

/** Lists one user's sessions. The cost grows with the user's sessions only. */
export async function listUser(
  root: Root,
  namespace: string,
  { userId, ...filter }: ListFilter & { readonly userId: string },
  now: number,
  check: Check,
): Promise<RecordPage> {
  const space = spaceOf(root.path, namespace);
  const user = userOf(userId) as string;
  const path = userPath(space, user);
  const names = await namesIn(root.files, path);
  const entries = names.map((name) => ({ name, entry: parseEntry(name) }));
  const expired = entries.filter(({ entry }) => entry && entry.until <= now).map(({ name }) => name);
  await bestEffort(removeIndexFiles(root.files, path, expired, names.length - expired.length));
  const candidates = new Map<string, Candidate>();
  for (const { entry } of entries) {
    if (!entry || entry.until <= now) continue;
    const { createdAt, hash, incarnation } = entry;
    // A session may temporarily have several entries.
    candidates.set(`${hash}.${incarnation}`, {
      createdAt,
      place: sessionPathAt(space, hash),
      accept: (head) => head.incarnation === incarnation && head.user === user && head.expiresAt > now,
    });
  }
  return page(root, [...candidates.values()], filter, check);
}

/** Lists all sessions of a namespace. Reads the head of each. */
export async function listAll(
  root: Root,
  namespace: string,
  filter: ListFilter,
  now: number,
  check: Check,
): Promise<RecordPage> {
  const candidates: Candidate[] = [];
  const accept: Accept = (head) => head.expiresAt > now;
  for await (const { place, head } of heads(root, namespace, check)) {
    if (accept(head)) candidates.push({ createdAt: head.createdAt, place, accept });
  }
  return page(root, candidates, filter, check);
}

export async function countLive(root: Root, namespace: string, now: number, check: Check): Promise<number> {
  let count = 0;
  for await (const { head } of heads(root, namespace, check)) if (head.expiresAt > now) count++;
  return count;
}

async function* heads(
  root: Root,
  namespace: string,
  check: Check,
): AsyncGenerator<{ readonly place: SessionPath; readonly head: Head }> {
  const { files } = root;
  const space = spaceOf(root.path, namespace);
  const sessions = sessionsOf(space);
  for (const shard of await namesIn(files, sessions, isShard)) {
    check();
    const hashes = await namesIn(files, join(sessions, shard), isSessionHash);
    const places = hashes.map((hash) => sessionPathAt(space, hash));
    const snapshots = await mapParallel(
      places,
      ({ path }): Promise<LiveSnapshot | undefined> => readLiveDirectory(files, path),
    );
    for (const [n, snapshot] of snapshots.entries())
      if (snapshot) yield { place: places[n] as SessionPath, head: snapshot.head };
  }
}

interface Candidate {
  readonly createdAt: number;
  readonly place: SessionPath;
  readonly accept: Accept;
}

/** Returns the next records in order of (createdAt, id). Reads only the candidates that may be on this page. */
async function page(
  root: Root,
  candidates: readonly Candidate[],
  { cursor, limit }: Pick<ListFilter, "cursor" | "limit">,
  check: Check,
): Promise<RecordPage> {
  const after = parseCursor(cursor);
  const next = candidates
    .filter(({ createdAt }) => createdAt >= after.createdAt)
    .sort((a, b) => a.createdAt - b.createdAt);
  const records: StoredRecord[] = [];
  for (let from = 0, to = 0; from < next.length && records.length < limit; from = to) {
    check();
    to = Math.min(from + limit - records.length, next.length);
    // Equal times are ordered by id, which only the records have.
    while (to < next.length && next[to]?.createdAt === next[to - 1]?.createdAt) to++;
    const found = await mapParallel(next.slice(from, to), ({ place, accept }) => readLive(root, place, accept));
    const behind = found.flatMap((live) => (live && order(live.record, after) > 0 ? [live.record] : []));
    records.push(...behind.sort(order));
  }
  const last = records[limit - 1];
  return { records: records.slice(0, limit), cursor: last && formatCursor(last) };
}

const order = (a: Position, b: Position): number =>
  a.createdAt - b.createdAt || (a.id < b.id ? -1 : Number(a.id > b.id));
