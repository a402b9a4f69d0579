import type { Fate } from "../world/network.ts";

/**
 * What a handler or a job does with its session. The words are those of the library; "count" updates a counter, and
 * "rewrite" sets a key to what it has. "limit" sets the session's own idle limit, "lifetime" its absolute one.
 */
export type Operation =
  | { readonly do: "set" | "rewrite" | "delete" | "take"; readonly key: string }
  | { readonly do: "count" | "flash" | "flashes" | "login" | "regenerate" | "destroy" | "save" | "look" }
  | { readonly do: "limit"; readonly by: "remember" | "expireAfter" | "default"; readonly hours: number }
  | { readonly do: "lifetime"; readonly hours: number | "default" }
  | { readonly do: "wait"; readonly milliseconds: number };

interface Timed {
  /** Tells the steps of a plan apart, also when others were left out. */
  readonly id: number;
  /** Milliseconds since the beginning. */
  readonly at: number;
}

export interface RequestStep extends Timed {
  readonly kind: "request";
  readonly client: number;
  readonly process: number;
  /** Whose cookie it brings: the newest, one that was replaced, both at once, or another client's. */
  readonly cookie: "own" | "old" | "both" | "stolen" | "none";
  readonly operations: readonly Operation[];
  readonly status: 200 | 404 | 500;
  /** The client gets the response, or has gone away. */
  readonly isAwaited: boolean;
}

export interface JobStep extends Timed {
  readonly kind: "job";
  readonly process: number;
  /** Whose session it works on. */
  readonly client: number;
  readonly operations: readonly Operation[];
}

export interface AdminStep extends Timed {
  readonly kind: "admin";
  readonly process: number;
  readonly client: number;
  readonly action: "find" | "list" | "count" | "revoke" | "revokeOther" | "revokeAll" | "prune";
}

export type FaultStep = Timed &
  (
    | {
        readonly kind: "call";
        readonly process: number;
        readonly fate: Fate;
        /** The next call of this name; of any, if absent. */
        readonly operation: string | undefined;
        /** So many calls pass before it. */
        readonly skip: number;
      }
    | { readonly kind: "rewind"; readonly changes: number }
    | { readonly kind: "evict"; readonly client: number }
    | { readonly kind: "kill"; readonly process: number; readonly milliseconds: number }
    | { readonly kind: "pause"; readonly process: number; readonly milliseconds: number }
    | { readonly kind: "clock"; readonly process: number; readonly milliseconds: number }
    | { readonly kind: "full"; readonly milliseconds: number }
    | { readonly kind: "lag"; readonly process: number; readonly lag: number; readonly milliseconds: number }
  );

export type Step = RequestStep | JobStep | AdminStep | FaultStep;

/** How the application is set up, in all its processes. */
export interface Setting {
  readonly processes: number;
  readonly clients: number;
  /** The clients before this number are one user, signed in on several devices. */
  readonly sharing: number;
  /** Milliseconds. */
  readonly rotateAfter: number | undefined;
  readonly maxSessionsPerUser: number | undefined;
  readonly overflow: "evict-oldest" | "reject";
  readonly hasStoreTime: boolean;
  /** The last process runs a version of the application that does not know the key "c". */
  readonly hasOldVersion: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: distributes over the union of steps
type Untimed<T> = T extends any ? Omit<T, "id" | "at"> : never;

/** A step before it has its place in a plan. */
export type Act = Untimed<Step>;

export interface Plan {
  readonly seed: number;
  readonly setting: Setting;
  readonly steps: readonly Step[];
}
