import type { Fact } from "../oracle/fact.ts";
import type { SessionFacts } from "../oracle/session.ts";

/** Something written that is not known to be durable yet. `move` says what it is of another session. */
export interface Pending {
  readonly fact: Fact;
  readonly sessionId: string;
  /** The key of data; absent for what belongs to the session itself. */
  readonly key?: string | undefined;
  /** What the request saw there before it first wrote, and what it wrote last. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** A limit of the session itself. */
  readonly limit?: "idle" | "absolute";
  /** A session that is not stored yet is stored for this. */
  isReason: boolean;
  readonly move: (to: SessionFacts, fact: Fact) => void;
  /** What failing means: a session that was signed in to without its token is taken back. */
  readonly withdrawal?: Fact | undefined;
}

/** Of a key that is as it was, so that the store may not have been asked for it. */
export const isNothing = ({ key, from, to, isReason }: Pending): boolean =>
  key !== undefined && isReason && from === to;

/** Whether it is a change whatever was there. For an old record the removal of what came since, or what it held, is none. */
export function mustChange({ key, from, to, isReason, limit }: Pending): boolean {
  const isRepeated = from !== undefined && from === to;
  return isReason ? !isRepeated : key === undefined && !limit;
}
