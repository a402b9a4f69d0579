import type { PendingCommit } from "../commit/pending-commit.ts";
import type { Flow } from "../language/flow.ts";
import { dataName } from "../record/entries.ts";
import { type EntryChange, isEmpty, type SessionChange } from "../state/change.ts";
import { touchDue } from "../state/expiry.ts";
import { type PlannedRotation, planRotation, planSchedule, rotationDue } from "../state/rotation.ts";
import type { DraftChanges } from "./draft.ts";
import type { RequestSession } from "./request-session.ts";
import { mergeChanges } from "./session-changes.ts";

/** What a request hands over to one commit. */
export interface RequestCommit extends PendingCommit {
  /** The entry whose value the commit computes. The draft must forget what it knew of it. */
  readonly computed?: string | undefined;
  /** Returns the changes to the request, because the commit failed. */
  rollback(): void;
}

/** Takes over everything that the request has changed so far. */
export const takeChanges = (request: RequestSession): Flow<RequestCommit> => take(request, request.draft.collect());

/** Takes over the changes of one key, with `fn` of its value after them, and the changes of the session itself. */
export function takeKey(request: RequestSession, key: string, fn: EntryChange): Flow<RequestCommit> {
  const name = dataName(key);
  const { entries, undo } = request.draft.collectKey(key);
  const own = entries.get(name);
  const change: EntryChange = own ? (now) => fn(own(now)) : fn;
  return take(request, { clear: false, entries: new Map([[name, change]]), undo }, name, true);
}

/** Takes over `fn` of an entry that the draft does not hold, and the changes of the session itself. */
export const takeEntry = (request: RequestSession, name: string, fn: EntryChange): Flow<RequestCommit> =>
  take(request, { clear: false, entries: new Map([[name, fn]]), undo: () => undefined }, name);

/** Takes over what a request without changes must commit: a rotation, a secret seen in use, or its own activity. */
export function* takeVisit(request: RequestSession): Flow<RequestCommit | undefined> {
  const planned = yield* planScheduled(request);
  const { seen } = request;
  const visit = isVisit(request);
  if (!planned && !visit && seen === undefined) return undefined;
  const change = { rotation: planned?.rotation, seen, visit, entries: noEntryChanges };
  return requestCommit(request, change, planned, () => undefined);
}

function* take(
  request: RequestSession,
  { clear, entries, undo }: DraftChanges,
  computed?: string,
  readsStoredValue?: boolean,
): Flow<RequestCommit> {
  const { changes, saved, context, seen } = request;
  const { login, rotate, settings } = changes;
  request.changes = {};
  const rollback = (): void => {
    undo();
    request.changes = mergeChanges(changes, request.changes);
  };
  try {
    let planned: PlannedRotation | undefined;
    if (rotate && saved && !request.given)
      planned = yield* planRotation(rotate, saved.state.id, context.clock.now(), context.config);
    else if (!isEmpty({ login, settings, clear, entries })) planned = yield* planScheduled(request);
    const change = { login, rotation: planned?.rotation, settings, seen, clear, entries };
    return requestCommit(request, change, planned, rollback, computed, readsStoredValue);
  } catch (error) {
    rollback();
    throw error;
  }
}

/** Whether the activity must be recorded, and a touch of the store cannot do it. */
const isVisit = ({ saved, context }: RequestSession): boolean =>
  saved?.state.visitInBody !== undefined && touchDue(saved.state, context.config, context.clock.now());

/** Plans the periodic rotation, if it is due and the response can carry the new token. */
function* planScheduled(request: RequestSession): Flow<PlannedRotation | undefined> {
  const { context, saved, authenticated, channel } = request;
  const now = context.clock.now();
  if (!saved || !channel?.transport.write || !rotationDue(saved, now, context.config)) return undefined;
  return authenticated?.secretStatus === "current" ? yield* planSchedule(saved, now, context.config) : undefined;
}

const noEntryChanges: SessionChange["entries"] = new Map();

const requestCommit = (
  request: RequestSession,
  change: SessionChange,
  planned: PlannedRotation | undefined,
  rollback: () => void,
  computed?: string,
  readsStoredValue = false,
): RequestCommit => ({
  change,
  newSecret: planned?.secret,
  isUserActivity: request.isUserActivity,
  readsStoredValue,
  computed,
  rollback,
});
