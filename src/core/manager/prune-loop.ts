import type { SessionStore } from "../../types/store.ts";
import { inBatches } from "../language/breaks.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { askStore } from "../runtime/store-call.ts";
import { longestTimer } from "../runtime/timers.ts";

/** Deletes expired records in batches that are too short to be noticed; returns how many went. */
export async function prune(context: ManagerContext, store: SessionStore): Promise<number> {
  if (!store.prune) return 0;
  await context.clock.measure();
  const total = await inBatches((limit) => {
    const now = context.clock.now();
    return askStore(context, "prune", async (call) => (await store.prune?.(now, limit, call)) ?? 0);
  });
  context.emit({ type: "pruned", count: total });
  return total;
}

/** Prunes now and then in the background, from the first call of `start()` until `stop()`. Keeps no process alive. */
export interface Pruner {
  start(): void;
  stop(): void;
}

export function createPruner(context: ManagerContext, store: SessionStore): Pruner {
  const { pruneInterval } = context.config;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = pruneInterval === undefined || !store.prune;

  const schedule = (interval: number): void => {
    // Half as much again or half as little, so that the processes of a fleet do not prune in step.
    timer = setTimeout(() => void run(interval), Math.min(interval * (0.5 + Math.random()), longestTimer));
    (timer as { unref?: () => void }).unref?.();
  };
  const run = async (interval: number): Promise<void> => {
    try {
      await prune(context, store);
    } catch {
      // The observer has been told, and the next round tries again.
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
