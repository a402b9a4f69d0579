/** Milliseconds on the host's monotonic clock, which all of its processes share. */
export const now = (): number => Number(process.hrtime.bigint()) / 1e6;

export type Action =
  | "enter"
  | "shortLived"
  | "look"
  | "set"
  | "offer"
  | "take"
  | "count"
  | "flash"
  | "flashes"
  | "login"
  | "regenerate"
  | "destroy"
  | "replay"
  | "find"
  | "edit"
  | "revoke"
  | "revokeAll"
  | "list"
  | "prune"
  | "limitedLogin";

/** What a worker is about to do. */
export interface Operation {
  readonly action: Action;
  /** What the visitor presents. */
  readonly token?: string | undefined;
  /** The session that an administrator means. */
  readonly id?: string | undefined;
  readonly slot?: number | undefined;
  readonly user?: string | undefined;
  readonly key?: string | undefined;
  /** Each value is written once. */
  readonly value?: string | undefined;
  readonly except?: string | undefined;
  /** Milliseconds until the session is over by itself. */
  readonly lifetime?: number | undefined;
}

/**
 * - `done`: acknowledged.
 * - `nothing`: the token or the id opened no session.
 * - `refused`: the library says that nothing was written.
 * - `unknown`: it cannot be known.
 */
export type Outcome = "done" | "nothing" | "refused" | "unknown";

export interface Result {
  readonly outcome: Outcome;
  /** The token that the response gave to the visitor. */
  readonly given?: string | undefined;
  readonly number?: number | undefined;
  readonly text?: string | null | undefined;
  readonly texts?: readonly string[] | undefined;
}

/** A line from a worker. An operation is announced before it begins, so that those of a killed worker are known. */
export type WorkerMessage =
  | { readonly begin: number; readonly at: number; readonly operation: Operation }
  | { readonly end: number; readonly at: number; readonly result: Result }
  | { readonly minted: string }
  | { readonly problem: string }
  | { readonly memory: number }
  | { readonly ready: true };

/** A line to a worker: another process received a token for this slot. */
export interface SharedToken {
  readonly slot: number;
  readonly token: string;
}

export interface WorkerPlan {
  readonly url: string;
  readonly seed: number;
  readonly worker: number;
  readonly workers: number;
  /** Counts the processes that were this worker. */
  readonly generation: number;
  /** How long a client rests between two operations, at most, in milliseconds. */
  readonly rest: number;
  /** Makes the store a wrong one, to prove that it is noticed. */
  readonly flaw?: string | undefined;
}
