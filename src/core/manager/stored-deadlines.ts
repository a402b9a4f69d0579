import type { SessionStore, StoreCall, StoredRecord } from "../../types/store.ts";
import type { Notes } from "../backend/notes.ts";
import { pagesOf } from "../backend/records.ts";
import type { Limits } from "../config/config.ts";
import { later, run } from "../language/flow.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { canSharePromises } from "../runtime/platform.ts";
import { askStore } from "../runtime/store-call.ts";
import { expiryTimes, never } from "../state/expiry.ts";
import { storedState } from "../state/stored-state.ts";

/** As many records are shortened at once. */
const atOnce = 20;

type NotedLimits = readonly [idle: number | null, absolute: number | null];

interface Corrected {
  /** Resolves when the limits are noted. Apart, because a call that only counts must not wait for a write. */
  readonly isNoted: Promise<void>;
}

export type CorrectDeadlines = () => Promise<Corrected>;

/**
 * Returns a function that makes the stored deadlines of all sessions those of today's limits. A record keeps the deadline
 * of the limits that it was written under, and the store counts, lists and prunes by that. So the limits are noted in the
 * store, and where the noted ones were longer, every record is looked at once, by one of the processes.
 */
export function storedDeadlines(context: ManagerContext, store: SessionStore, notes: Notes): CorrectDeadlines {
  const { limits } = context.config;
  const own: NotedLimits = [limits.idle ?? null, limits.absolute ?? null];

  const correct = async (): Promise<Corrected> => {
    const noted = store.list ? await run(notes.read<NotedLimits>("limits")) : own;
    if (noted && own.every((limit, at) => limit === noted[at])) return { isNoted: Promise.resolve() };
    if (noted && isShorter(limits, noted)) {
      for await (const records of pagesOf(context, store, "all")) {
        for (let at = 0; at < records.length; at += atOnce) {
          await Promise.all(records.slice(at, at + atOnce).map((record) => shorten(context, store, record)));
        }
      }
    }
    const isNoted = later(() => run(notes.write("limits", never, () => own))).catch(() => undefined);
    if (!canSharePromises) await isNoted;
    return { isNoted };
  };

  let running: Promise<Corrected> | undefined;
  return () => {
    if (!canSharePromises) return correct();
    running ??= correct().finally(() => {
      running = undefined;
    });
    return running;
  };
}

function isShorter({ idle, absolute }: Limits, [notedIdle, notedAbsolute]: NotedLimits): boolean {
  const isLess = (now: number | undefined, before: number | null | undefined): boolean =>
    now !== undefined && now < (before ?? Number.POSITIVE_INFINITY);
  return isLess(idle, notedIdle) || isLess(absolute, notedAbsolute);
}

/** On condition of the version that was read, and without undoing a visit in the meantime. */
async function shorten(context: ManagerContext, store: SessionStore, record: StoredRecord): Promise<void> {
  const now = context.clock.now();
  const deadline = deadlineOf(context, record);
  if (deadline >= record.expiresAt) return;
  const touch = (call: StoreCall) => store.touch(record, record, record.lastSeenAt, deadline, now, call);
  await askStore(context, "touch", touch);
}

/** A record that cannot be read keeps its deadline. */
function deadlineOf(context: ManagerContext, record: StoredRecord): number {
  try {
    return expiryTimes(storedState(record, context), context.config.limits).first;
  } catch {
    return record.expiresAt;
  }
}
