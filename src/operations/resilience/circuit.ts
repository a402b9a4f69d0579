import type { BreakerState } from "../shared/breaker-change.ts";

/** In milliseconds. */
export interface CircuitRules {
  readonly failures: number;
  readonly retryAfter: number;
  readonly maxPending: number;
}

/** Why a call is not sent. */
export type Refusal =
  | { readonly because: "open"; readonly retryIn: number }
  | { readonly because: "probing" }
  | { readonly because: "pending"; readonly pending: number };

/** A call that was sent. Of an earlier state than the present one, its end says nothing any more. */
export interface Ticket {
  readonly generation: number;
}

/** What the end of a call says about the store. `nothing`: its arguments were refused, perhaps before the store was asked. */
export type Verdict = "answered" | "failed" | "nothing";

/** How many calls may be pending right after a probe has succeeded. */
const firstWindow = 2;

/** After so long a probe that has not ended is given up, for callers who set no limit of their own. */
const probeLimitMs = 30_000;

/** Decides which calls are sent. Its times are `performance.now()`; `random` is from 0 up to 1. */
export class Circuit {
  readonly #rules: CircuitRules;
  readonly #random: () => number;
  #state: BreakerState = "closed";
  #generation = 0;
  #failuresInRow = 0;
  #pending = 0;
  /** How many calls may be pending. After a recovery it starts small and doubles with each round of answers. */
  #window: number;
  /** Of `open`: when a probe may go. Of `half-open`: when the probe is given up. */
  #until = 0;

  constructor(rules: CircuitRules, random: () => number) {
    this.#rules = rules;
    this.#random = random;
    this.#window = rules.maxPending;
  }

  get state(): BreakerState {
    return this.#state;
  }

  /** @param mayProbe whether the call is short enough to try the store with */
  enter(now: number, mayProbe: boolean): Ticket | Refusal {
    if (this.#state === "closed") {
      if (this.#pending >= this.#window) return { because: "pending", pending: this.#pending };
    } else {
      const retryIn = Math.max(0, this.#until - now);
      if (retryIn > 0 || !mayProbe) {
        return this.#state === "open" ? { because: "open", retryIn } : { because: "probing" };
      }
      this.#become("half-open");
      this.#until = now + probeLimitMs;
    }
    this.#pending++;
    return { generation: this.#generation };
  }

  leave({ generation }: Ticket, verdict: Verdict, now: number): void {
    if (generation !== this.#generation) return;
    this.#pending--;
    if (verdict === "answered") this.#succeed();
    else if (verdict === "failed") this.#fail(now);
    // The next call may try instead.
    else if (this.#state === "half-open") this.#until = now;
  }

  #succeed(): void {
    this.#failuresInRow = 0;
    if (this.#state === "half-open") {
      this.#become("closed");
      this.#window = Math.min(firstWindow, this.#rules.maxPending);
    } else if (this.#window < this.#rules.maxPending) this.#window++;
  }

  #fail(now: number): void {
    this.#failuresInRow++;
    if (this.#state === "closed" && this.#failuresInRow < this.#rules.failures) return;
    this.#become("open");
    // Not all processes at the same time.
    this.#until = now + this.#rules.retryAfter * (1 + this.#random() / 2);
  }

  #become(state: BreakerState): void {
    this.#state = state;
    this.#generation++;
    this.#pending = 0;
    this.#failuresInRow = 0;
  }
}
