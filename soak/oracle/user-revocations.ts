import type { Outcome } from "../protocol.ts";
import type { SessionBook } from "./session-history.ts";

interface Sweep {
  readonly began: number;
  readonly except: string | undefined;
  ended: number;
  isAcknowledged: boolean;
}

/** Attempts to end all sessions of a user. */
export class Sweeps {
  readonly #byUser = new Map<string, Sweep[]>();

  begin(user: string, began: number, except: string | undefined): void {
    const sweep: Sweep = { began, except, ended: Number.POSITIVE_INFINITY, isAcknowledged: false };
    this.#byUser.set(user, [...(this.#byUser.get(user) ?? []), sweep]);
  }

  end(user: string, began: number, outcome: Outcome, at: number): void {
    const sweep = this.#byUser.get(user)?.find((one) => one.began === began);
    if (!sweep) return;
    sweep.ended = at;
    sweep.isAcknowledged = outcome === "done";
  }

  /** When this session was acknowledged to be over, because it was its user's when a sweep began. */
  endOf(session: SessionBook): number {
    const effective = this.#on(session).filter((one) => one.isAcknowledged && one.began > session.signedIn);
    return Math.min(...effective.map(({ ended }) => ended), Number.POSITIVE_INFINITY);
  }

  mayHaveEnded(session: SessionBook, before: number): boolean {
    return this.#on(session).some((one) => one.began < before && one.ended > session.loginBegan);
  }

  #on({ id, user = "" }: SessionBook): Sweep[] {
    return (this.#byUser.get(user) ?? []).filter(({ except }) => except !== id);
  }
}
