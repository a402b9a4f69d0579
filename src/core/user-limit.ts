import type { Change } from "./change.ts";
import type { Engine } from "./engine.ts";
import { SessionError } from "./errors.ts";
import { fromRecord } from "./record.ts";
import { removeRecord } from "./removal.ts";
import type { SessionStore, StoredRecord } from "./store.ts";
import { askStore } from "./store-call.ts";
import { breather } from "./turns.ts";

/** Every live session of one user, page by page. */
export async function* recordsOf(engine: Engine, store: SessionStore, userId: string): AsyncGenerator<StoredRecord> {
  const breathe = breather();
  let cursor: string | undefined;
  do {
    const filter = { userId, limit: 100, cursor };
    const now = engine.clock.now();
    const page = await askStore(engine, "list", async (call) => {
      return (await store.list?.(engine.config.namespace, filter, now, call)) ?? { records: [] };
    });
    for (const record of page.records) {
      yield record;
      // A store that answers at once would keep everything else from running until the last of them.
      await breathe();
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/** With `overflow: "reject"`, refuses a login beyond the limit. @throws SessionError TOO_MANY_SESSIONS */
export async function admitUser(engine: Engine, store: SessionStore, change: Change, ownId?: string): Promise<void> {
  const { maxSessionsPerUser: most, overflow } = engine.config;
  if (most === undefined || overflow !== "reject" || !change.login) return;
  let others = 0;
  for await (const { id } of recordsOf(engine, store, change.login.userId)) if (id !== ownId) others++;
  if (others < most) return;
  throw new SessionError(
    "TOO_MANY_SESSIONS",
    `This user is signed in ${others} times and may be ${most} times (maxSessionsPerUser). Sign out elsewhere first.`,
  );
}

/**
 * After a login, ends the user's oldest sessions beyond the limit. The newest few are among the newest few of whatever a
 * parallel login sees, so none of them is ever ended.
 */
export async function evictOldest(engine: Engine, store: SessionStore, change: Change): Promise<void> {
  const { maxSessionsPerUser: most, overflow } = engine.config;
  if (most === undefined || overflow !== "evict-oldest" || !change.login) return;
  try {
    await evict(engine, store, change.login.userId, most);
  } catch {
    // The observer has been told. The login itself is durable, and the next one tries again.
  }
}

async function evict(engine: Engine, store: SessionStore, userId: string, most: number): Promise<void> {
  const found: { id: string; since: number }[] = [];
  for await (const record of recordsOf(engine, store, userId)) {
    found.push({ id: record.id, since: signedInAt(record) });
  }
  found.sort((a, b) => b.since - a.since || (a.id < b.id ? 1 : -1));
  const breathe = breather();
  for (const { id } of found.slice(most)) {
    await breathe();
    const removed = await removeRecord(engine, store, id);
    if (removed) engine.emit({ type: "evicted", id, by: "user-limit" });
  }
}

function signedInAt(record: StoredRecord): number {
  try {
    return fromRecord(record).control.authenticatedAt ?? record.createdAt;
  } catch {
    return record.createdAt;
  }
}
