import { canSharePromises } from "./platform.ts";
import { longestTimer } from "./timers.ts";

/** The timeout of one call. */
export interface Watch {
  readonly limit: number;
  /** When the time is over, by `performance.now()`. */
  end: number;
  /** How long the process was busy and could read no answer, in milliseconds, as far as that does not count. */
  blocked: number;
  readonly expire: (watch: Watch) => void;
  /** A timer of its own, on platforms where requests cannot share one. */
  readonly timer?: ReturnType<typeof setTimeout> | undefined;
}

/** The resolution of timeouts, in milliseconds. */
const tickMs = 20;

/** A timer that is later than this, in milliseconds, means that the process was busy with something else. */
const lateMs = 50;

/**
 * The timeouts of all pending store calls, with one shared timer that runs only while a call is pending. A timer per
 * call would cost more than most calls.
 *
 * After a stretch in which the process was busy, timers run before the answers that have arrived meanwhile. So that the
 * store is not blamed, such a stretch does not count; but a process that is always late gives up its calls, too.
 */
export class CallTimeouts {
  readonly #watched = new Set<Watch>();
  readonly #onSpared: (blocked: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer is due, by `performance.now()`. */
  #due = 0;

  /** @param onSpared told for how many milliseconds the process was busy, if a call would have expired by that */
  constructor(onSpared: (blocked: number) => void) {
    this.#onSpared = onSpared;
  }

  /** Calls `expire` in `limit` milliseconds, or up to one tick later, unless `drop` is called first. */
  watch(limit: number, expire: (watch: Watch) => void): Watch {
    const watch: Watch = { limit, end: performance.now() + limit, blocked: 0, expire };
    if (!canSharePromises) {
      return { ...watch, timer: setTimeout(() => expire(watch), Math.min(limit, longestTimer)) };
    }
    this.#watched.add(watch);
    if (!this.#timer) this.#schedule(Math.min(tickMs, limit, longestTimer));
    return watch;
  }

  drop(watch: Watch): void {
    if (watch.timer !== undefined) clearTimeout(watch.timer);
    this.#watched.delete(watch);
  }

  #schedule(ms: number): void {
    this.#due = performance.now() + ms;
    this.#timer = setTimeout(this.#tick, ms);
  }

  readonly #tick = (): void => {
    const now = performance.now();
    const blocked = now - this.#due;
    if (blocked > lateMs) this.#spare(now, blocked);
    for (const watch of this.#watched) {
      if (watch.end > now) continue;
      this.#watched.delete(watch);
      watch.expire(watch);
    }
    this.#timer = undefined;
    if (this.#watched.size > 0) this.#schedule(tickMs);
  };

  #spare(now: number, blocked: number): void {
    let isNeeded = false;
    for (const watch of this.#watched) {
      if (watch.blocked >= watch.limit) continue;
      isNeeded ||= watch.end <= now;
      watch.blocked += blocked;
      watch.end = Math.min(watch.end + blocked, now + watch.limit);
    }
    if (isNeeded) this.#onSpared(blocked);
  }
}
