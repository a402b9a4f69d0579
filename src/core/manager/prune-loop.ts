import type { SessionStore } from "../../types/store.ts";
import { inBatches } from "../language/breaks.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { askStore } from "../runtime/store-call.ts";
import { longestTimer } from "../runtime/timers.ts";

/** Deletes expired records in small batches. Returns the number of deleted records. */
export async function prune(context: ManagerContext, store: SessionStore): Promise<number> {
  if (!store.prune) return 0;
  await context.clock.measure();
  const total = await inBatches(async (limit) => {
    const now = context.clock.now();
    return askStore(context, "prune", async (call) => (await store.prune?.(now, limit, call)) ?? 0);
  });
  context.emit({ type: "pruned", count: total });
  return total;
}

/** Prunes in the background at intervals, from `start()` to `stop()`. Does not keep the process alive. */
export interface Pruner {
  start(): void;
  stop(): void;
}

export function createPruner(context: ManagerContext, store: SessionStore): Pruner {
  const { pruneInterval } = context.config;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = pruneInterval === undefined || !store.prune;

  const schedule = (interval: number): void => {
    // Between 50 % and 150 % of the interval, so that several processes do not prune at the same time.
    timer = setTimeout(() => void run(interval), Math.min(interval * (0.5 + Math.random()), longestTimer));
    (timer as { unref?: () => void }).unref?.();
  };
  const run = async (interval: number): Promise<void> => {
    try {
      await prune(context, store);
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
  };
}
