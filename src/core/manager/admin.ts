import type { PageOptions, SessionList } from "../../types/administration.ts";
import { invalidOption, SessionError } from "../../types/errors.ts";
import type { RecordKey, SessionStore, StoredRecord } from "../../types/store.ts";
import { isUnreadable } from "../backend/authenticate.ts";
import { bulkTimeoutMs, recordsOf } from "../backend/records.ts";
import type { Revocations } from "../backend/revocations.ts";
import { removeRecord } from "../commit/remove-record.ts";
import { run } from "../language/flow.ts";
import type { SessionState } from "../record/record.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { askStore } from "../runtime/store-call.ts";
import { expired } from "../state/expiry.ts";
import { storedState } from "../state/stored-state.ts";
import { infoOf } from "./session-info.ts";
import type { CorrectDeadlines } from "./stored-deadlines.ts";

/** Lists and ends sessions. `undefined` as user id means all sessions. The caller checks permissions. */
export interface SessionAdmin {
  find(id: string): Promise<SessionState | undefined>;
  list(userId: string | undefined, page: PageOptions): Promise<SessionList>;
  revoke(id: string, userId: string | undefined): Promise<boolean>;
  revokeAll(userId: string, except: string | undefined): Promise<number>;
  destroyAll(): Promise<void>;
  count(): Promise<number>;
}

export function createAdmin(
  context: ManagerContext,
  store: SessionStore,
  revocations: Revocations,
  correctDeadlines: CorrectDeadlines,
): SessionAdmin {
  const { config, clock } = context;
  const { namespace } = config;
  const keyOf = (id: string): RecordKey => ({ namespace, id });

  const find = async (id: string): Promise<SessionState | undefined> => {
    const now = clock.now();
    const record = await askStore(context, "read", (call) => store.read(keyOf(id), now, call));
    const state = record && intact(record, context);
    return state && !expired(state, config.limits, now) ? state : undefined;
  };

  /** Also works for records whose body cannot be read. */
  const ownerOf = async (id: string): Promise<string | undefined> => {
    const record = await askStore(context, "read", (call) => store.read(keyOf(id), clock.now(), call));
    return record?.userId;
  };

  const remove = async (id: string): Promise<boolean> => {
    const removed = await run(removeRecord(context, store, id));
    if (removed) context.emit({ type: "destroyed", id });
    return removed;
  };

  return {
    find,
    list: async (userId, { limit = 100, cursor, keys }) => {
      if (!Number.isInteger(limit) || limit < 1 || limit > 1000) throw invalidOption("limit must be 1 to 1000.");
      if (!store.list) throw unsupported(store, "list");
      const now = clock.now();
      const page = await askStore(context, "list", async (call) => {
        return (await store.list?.(namespace, { userId, limit, cursor }, now, call)) ?? { records: [] };
      });
      const states = page.records
        .map((record) => readable(record, context))
        .filter((state) => state && !expired(state, config.limits, now));
      const sessions = states.map((state) => infoOf(context, state as SessionState, keys));
      return page.cursor === undefined ? { sessions } : { sessions, cursor: page.cursor };
    },
    revoke: async (id, userId) => {
      if (userId !== undefined && (await ownerOf(id)) !== userId) return false;
      return remove(id);
    },
    revokeAll: async (userId, except) => {
      if (!store.list) throw unsupported(store, "revokeAll");
      await run(revocations.note(userId, except));
      let ended = 0;
      for await (const record of recordsOf(context, store, { userId })) {
        if (record.id !== except && (await remove(record.id)) && isLive(context, record)) ended++;
      }
      return ended;
    },
    destroyAll: async () => {
      if (!store.clear) throw unsupported(store, "destroyAll");
      // For those of other libraries that are not in our store yet.
      if (config.legacy) await run(revocations.note());
      await askStore(context, "clear", async (call) => store.clear?.(namespace, call), bulkTimeoutMs);
    },
    count: async () => {
      if (!store.count) throw unsupported(store, "count");
      await correctDeadlines();
      return askStore(
        context,
        "count",
        async (call) => (await store.count?.(namespace, clock.now(), call)) ?? 0,
        bulkTimeoutMs,
      );
    },
  };
}

/** Whether the limits of today have left a session alive. One that cannot be read is. */
function isLive(context: ManagerContext, record: StoredRecord): boolean {
  const state = readable(record, context);
  return !state || !expired(state, context.config.limits, context.clock.now());
}

/** Parses a record. A damaged one counts as missing. @throws SessionError SESSION_UNREADABLE for a newer format */
function intact(record: StoredRecord, context: ManagerContext): SessionState | undefined {
  try {
    return storedState(record, context);
  } catch (error) {
    if (isUnreadable(error)) throw error;
    return undefined;
  }
}

/** Parses a record for a list, which leaves out records that cannot be read. */
function readable(record: StoredRecord, context: ManagerContext): SessionState | undefined {
  try {
    return storedState(record, context);
  } catch {
    return undefined;
  }
}

function unsupported(store: SessionStore, what: string): SessionError {
  return new SessionError(
    "NOT_SUPPORTED",
    `The store "${store.name}" does not support ${what}(), so nothing was done. Use a store that does.`,
  );
}
