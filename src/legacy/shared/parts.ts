import type { SessionBackend } from "../../core/backend/backend.ts";
import type { Notes } from "../../core/backend/notes.ts";
import type { Revocations } from "../../core/backend/revocations.ts";
import type { UserLimit } from "../../core/backend/user-limit.ts";
import type { SessionLanes } from "../../core/commit/session-lanes.ts";
import type { ManagerContext } from "../../core/runtime/context.ts";
import type { SessionStore } from "../../types/store.ts";
import type { Transport } from "../../types/transport.ts";

/** What a manager hands to its sources. */
export interface Parts {
  readonly context: ManagerContext;
  readonly store: SessionStore;
  readonly backend: SessionBackend;
  readonly lanes: SessionLanes;
  readonly notes: Notes;
  readonly revocations: Revocations;
  readonly limit: UserLimit;
  readonly transports: readonly Transport[];
}

/** The same, as the core lists them. */
export type PartsList = readonly [
  ManagerContext,
  SessionStore,
  SessionBackend,
  SessionLanes,
  Notes,
  Revocations,
  UserLimit,
  readonly Transport[],
];

export function partsOf([context, store, backend, lanes, notes, revocations, limit, transports]: PartsList): Parts {
  return { context, store, backend, lanes, notes, revocations, limit, transports };
}
