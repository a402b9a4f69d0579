import { SessionError } from "../../types/errors.ts";
import type { SessionStore } from "../../types/store.ts";
import { inBatches } from "../language/breaks.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { askStore } from "../runtime/store-call.ts";
import { longestTimer } from "../runtime/timers.ts";
import type { CorrectDeadlines } from "./stored-deadlines.ts";

/** Prunes in the background at intervals, from `start()` to `stop()`. Does not keep the process alive. */
export interface Pruner {
  start(): void;
  stop(): void;
  /** Deletes expired records in small batches, by today's limits. Returns the number of deleted records. */
  prune(): Promise<number>;
}

export function createPruner(context: ManagerContext, store: SessionStore, correctDeadlines: CorrectDeadlines): Pruner {
  const { pruneInterval } = context.config;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = pruneInterval === undefined || !(store.prune || store.list);

  const schedule = (interval: number): void => {
    // Between 50 % and 150 % of the interval, so that several processes do not prune at the same time.
    timer = setTimeout(() => void run(interval), Math.min(interval * (0.5 + Math.random()), longestTimer));
    (timer as { unref?: () => void }).unref?.();
  };
  const prune = async (): Promise<number> => {
    if (!(await context.clock.measure())) throw timeless(context);
    await (await correctDeadlines()).isNoted;
    if (!store.prune) return 0;
    const total = await inBatches(async (limit) => {
      const now = context.clock.now();
      return askStore(context, "prune", async (call) => (await store.prune?.(now, limit, call)) ?? 0);
    });
    context.emit({ type: "pruned", count: total });
    return total;
  };
  const run = async (interval: number): Promise<void> => {
    try {
      await prune();
    } catch {
      // The error was reported to the observers. The next round tries again.
    }
    if (!isStopped) schedule(interval);
  };

  return {
    start: () => {
      if (!isStopped && timer === undefined && pruneInterval !== undefined) schedule(pruneInterval);
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
    prune,
  };
}

/** A host whose clock is ahead would delete sessions that live. */
function timeless(context: ManagerContext): SessionError {
  const message =
    "The session store did not tell its time, so it is not known which sessions have expired. Nothing was deleted. Prune again when the store answers.";
  const error = new SessionError("STORE_UNAVAILABLE", message);
  context.emit({ type: "store-error", operation: "time", error });
  return error;
}
