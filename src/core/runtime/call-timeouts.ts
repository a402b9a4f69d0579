import { canSharePromises } from "./platform.ts";
import { longestTimer } from "./timers.ts";

/** The timeout of one call. */
export interface Watch {
  readonly end: number;
  readonly expire: () => void;
  /** A timer of its own, on platforms where requests cannot share one. */
  readonly timer?: ReturnType<typeof setTimeout> | undefined;
}

/** The resolution of timeouts, in milliseconds. */
const tickMs = 20;

/**
 * The timeouts of all pending store calls, with one shared timer that runs only while a call is pending. A timer per
 * call would cost more than most calls.
 */
export class CallTimeouts {
  readonly #watched = new Set<Watch>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Calls `expire` in `limit` milliseconds, or up to one tick later, unless `drop` is called first. */
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
