import type { Outcome } from "../protocol.ts";
import type { SessionHistory } from "./session-history.ts";

interface Revocation {
  readonly began: number;
  readonly except: string | undefined;
  ended: number;
  isAcknowledged: boolean;
}

/** Attempts to end all sessions of a user. */
export class UserRevocations {
  readonly #byUser = new Map<string, Revocation[]>();

  begin(user: string, began: number, except: string | undefined): void {
    const revocation: Revocation = { began, except, ended: Number.POSITIVE_INFINITY, isAcknowledged: false };
    this.#byUser.set(user, [...(this.#byUser.get(user) ?? []), revocation]);
  }

  end(user: string, began: number, outcome: Outcome, at: number): void {
    const revocation = this.#byUser.get(user)?.find((one) => one.began === began);
    if (!revocation) return;
    revocation.ended = at;
    revocation.isAcknowledged = outcome === "done";
  }

  /** When this session was acknowledged to be over, because it was its user's when a revocation began. */
  endOf(session: SessionHistory): number {
    const effective = this.#on(session).filter((one) => one.isAcknowledged && one.began > session.signedIn);
    return Math.min(...effective.map(({ ended }) => ended), Number.POSITIVE_INFINITY);
  }

  mayHaveEnded(session: SessionHistory, before: number): boolean {
    return this.#on(session).some((one) => one.began < before && one.ended > session.loginBegan);
  }

  #on({ id, user = "" }: SessionHistory): Revocation[] {
    return (this.#byUser.get(user) ?? []).filter(({ except }) => except !== id);
  }
}
