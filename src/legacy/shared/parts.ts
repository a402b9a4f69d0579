import type { Notes } from "../../core/backend/notes.ts";
import type { Revocations } from "../../core/backend/revocations.ts";
import type { ManagerContext } from "../../core/runtime/context.ts";
import type { SessionStore } from "../../types/store.ts";

/** What a manager hands to its sources. */
export interface Parts {
  readonly context: ManagerContext;
  readonly store: SessionStore;
  readonly notes: Notes;
  readonly revocations: Revocations;
}
