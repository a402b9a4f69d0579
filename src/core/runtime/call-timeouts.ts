import { canSharePromises } from "./platform.ts";
import { longestTimer } from "./timers.ts";

/** One wait with an end. */
export interface Watch {
  readonly end: number;
  readonly expire: () => void;
  /** Where it cannot be shared. */
  readonly timer?: ReturnType<typeof setTimeout> | undefined;
}

/** How exact deadlines are, in milliseconds. */
const tickMs = 20;

/**
 * The deadlines of everything that waits, under one timer that ticks only while something waits. A timer for each wait
 * would cost more than most waits do.
 */
export class CallTimeouts {
  readonly #watched = new Set<Watch>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Calls `expire` in `limit` milliseconds, or a little later, unless `drop` is called before. */
  watch(limit: number, expire: () => void): Watch {
    const end = performance.now() + limit;
    if (!canSharePromises) return { end, expire, timer: setTimeout(expire, Math.min(limit, longestTimer)) };
    const watch = { end, expire };
    this.#watched.add(watch);
    this.#timer ??= setTimeout(this.#tick, Math.min(tickMs, limit, longestTimer));
    return watch;
  }

  drop(watch: Watch): void {
    if (watch.timer !== undefined) clearTimeout(watch.timer);
    this.#watched.delete(watch);
  }

  readonly #tick = (): void => {
    const now = performance.now();
    for (const watch of this.#watched) {
      if (watch.end > now) continue;
      this.#watched.delete(watch);
      watch.expire();
    }
    this.#timer = this.#watched.size > 0 ? setTimeout(this.#tick, tickMs) : undefined;
  };
}
