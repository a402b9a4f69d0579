import type { RejectReason, SessionEvent } from "../../../types/events.ts";

const HOUR = 3_600_000;
const HOURS = 24;
/** So many of the newest are kept. */
const KEPT = 50;

export interface Hour {
  /** Its beginning, in epoch milliseconds. */
  readonly at: number;
  readonly created: number;
  readonly ended: number;
}

export interface Refusal {
  readonly at: Date;
  readonly reason: RejectReason;
  readonly id: string | undefined;
  readonly anomaly: boolean;
}

/** Numbers since this process began to watch. */
export type Totals = Readonly<Partial<Record<SessionEvent["type"], number>>>;

/** What this process has seen happen to sessions, in bounded memory. */
export class History {
  readonly since: Date = new Date();
  readonly #hours = new Map<number, { created: number; ended: number }>();
  readonly #totals = new Map<SessionEvent["type"], number>();
  readonly #refusals: Refusal[] = [];

  readonly observe = (event: SessionEvent): void => {
    const amount = event.type === "pruned" ? event.count : 1;
    this.#totals.set(event.type, (this.#totals.get(event.type) ?? 0) + amount);
    if (event.type === "created") this.#hour().created++;
    else if (event.type === "destroyed" || event.type === "evicted") this.#hour().ended++;
    else if (event.type === "refused") {
      const { reason, id, anomaly } = event;
      this.#refusals.unshift({ at: new Date(), reason, id, anomaly });
      this.#refusals.length = Math.min(this.#refusals.length, KEPT);
    }
  };

  get totals(): Totals {
    return Object.fromEntries(this.#totals);
  }

  /** The newest first. */
  get refusals(): readonly Refusal[] {
    return this.#refusals;
  }

  /** The last 24 hours, the present one last. */
  get hours(): readonly Hour[] {
    const last = Math.floor(Date.now() / HOUR);
    return Array.from({ length: HOURS }, (_, back) => {
      const hour = last - HOURS + 1 + back;
      const { created = 0, ended = 0 } = this.#hours.get(hour) ?? {};
      return { at: hour * HOUR, created, ended };
    });
  }

  #hour(): { created: number; ended: number } {
    const hour = Math.floor(Date.now() / HOUR);
    let counts = this.#hours.get(hour);
    if (counts === undefined) {
      counts = { created: 0, ended: 0 };
      this.#hours.set(hour, counts);
      for (const old of this.#hours.keys()) if (old <= hour - HOURS) this.#hours.delete(old);
    }
    return counts;
  }
}
