import { SessionError } from "../../types/errors.ts";
import type { PendingCommit, SavedSession } from "../backend/backend.ts";
import { remembers } from "../commit/commit-ids.ts";
import { epochOf } from "../commit/commit-record.ts";
import { dataName } from "../record/entries.ts";
import { storedEntries } from "../record/record.ts";
import { largestKeys } from "../record/size.ts";
import { thisMoment } from "../runtime/ended-tokens.ts";
import { type EntryChange, isEmpty, makesNothing } from "../state/change.ts";
import { newSession } from "../state/new-session.ts";
import type { Batch } from "./draft.ts";
import { pendingCommit, planScheduled, takeChanges } from "./pending-commit.ts";
import type { RequestSession } from "./request-session.ts";
import { writeToken } from "./response-edits.ts";
import { mergeChanges, type SessionChanges } from "./session-changes.ts";

/** Makes all changes so far durable. `create`: also a session that nothing was written to. */
export async function commitChanges(request: RequestSession, create = false): Promise<void> {
  await created(request);
  const { changes, planned } = await takeChanges(request, true);
  const { clear, entries, undo } = request.draft.collect();
  const change = { ...changes, rotation: planned?.rotation, clear, entries };
  if (isEmpty(change) && !(create && !request.saved)) return;
  if (
    !request.saved &&
    !create &&
    makesNothing(change, newSession(request.context, ""), request.context.config.remember)
  ) {
    undo();
    request.changes = mergeChanges(changes, request.changes);
    return;
  }
  await commit(request, pendingCommit(request, change, planned, false), undo, changes);
}

/** Makes `fn` of one key durable, and with it what is pending for that key and for the session itself. */
export async function commitKey(request: RequestSession, key: string, fn: EntryChange): Promise<void> {
  await created(request);
  const name = dataName(key);
  const { changes, planned } = await takeChanges(request, false);
  const { entries, undo } = request.draft.collectKey(key);
  const own = entries.get(name);
  const change = {
    ...changes,
    rotation: planned?.rotation,
    entries: new Map([[name, own ? (now: string | undefined) => fn(own(now)) : fn]]),
  };
  await commit(request, pendingCommit(request, change, planned, true), undo, changes, name);
}

/** Makes `fn` of an entry durable that the draft does not hold. */
export async function alterEntry(request: RequestSession, name: string, fn: EntryChange): Promise<void> {
  const { changes, planned } = await takeChanges(request, false);
  const change = { ...changes, rotation: planned?.rotation, entries: new Map([[name, fn]]) };
  await commit(request, pendingCommit(request, change, planned, false), () => undefined, changes, name);
}

/** Ends the session, also one that this version cannot read. What was written in this request goes with it. */
export async function destroySession(request: RequestSession): Promise<void> {
  await created(request);
  const proven = request.saved ?? request.unreadable?.proven;
  if (request.unreadable && !proven) throw request.unreadable.error;
  if (proven) await request.backend.remove(proven);
  if (request.unreadable) request.authenticated = request.unreadable.proven;
  request.unreadable = undefined;
  request.forget();
}

/** Takes back what this request made durable when the client cannot be told: nobody could ever use it. */
export async function withdraw(request: RequestSession): Promise<void> {
  const { saved, authenticated, isExported, backend } = request;
  if (!saved || isExported) return;
  const before = authenticated?.state;
  if (before?.id === saved.state.id && epochOf(before) === epochOf(saved.state)) return;
  request.goneId = saved.state.id;
  await backend.withdraw(saved);
}

/** Records a visit that stored nothing. Failing here loses nothing of the visitor's, so it fails nothing. */
export async function touchSession(request: RequestSession): Promise<void> {
  const { saved, channel } = request;
  if (!saved) return;
  try {
    channel?.transport.ready?.(channel.context);
    const planned = await planScheduled(request);
    if (planned) {
      const change = { rotation: planned.rotation, entries: new Map() };
      await commit(request, pendingCommit(request, change, planned, false), () => undefined, {});
    } else {
      const touched = await request.backend.touch(saved);
      if (touched) know(request, touched);
    }
  } catch (error) {
    if (!SessionError.is(error)) throw error;
  }
}

async function created(request: RequestSession): Promise<void> {
  while (request.creating) await request.creating;
}

async function commit(
  request: RequestSession,
  pending: PendingCommit,
  undo: Batch["undo"],
  changes: SessionChanges,
  computed?: string,
): Promise<void> {
  // Not through `created()`: between this look and the call of `create` nobody else may come.
  while (request.creating) await request.creating;
  const { channel, saved } = request;
  try {
    channel?.transport.ready?.(channel.context);
    const after = saved ? await recommit(request, saved, pending) : await create(request, pending);
    await checkSize(request, after);
    accept(request, after, computed);
    report(request, pending, after);
  } catch (error) {
    undo();
    if (request.backend.kind === "sealed") request.saved = saved;
    if (isGone(error)) request.goneId = saved?.state.id;
    request.changes = mergeChanges(changes, request.changes);
    throw error;
  }
}

function create(request: RequestSession, pending: PendingCommit): Promise<SavedSession> {
  const creation = request.backend.create(pending, request.takeId());
  const done = (): void => {
    request.creating = undefined;
  };
  request.creating = creation.then((saved) => {
    know(request, saved);
    done();
  }, done);
  return creation;
}

/**
 * A login whose session is gone or was superseded (a double click) becomes a new session with this request's changes.
 * Not in work behind the visitor's back: nobody would have that session's token.
 */
async function recommit(request: RequestSession, saved: SavedSession, pending: PendingCommit): Promise<SavedSession> {
  try {
    return await request.backend.commit(saved, pending);
  } catch (error) {
    if (!isGone(error) || !pending.change.login || !request.channel) throw error;
    request.saved = undefined;
    return create(request, pending);
  }
}

/** A sealed session must fit its cookie; better known now than after the rest of the request has counted on it. */
async function checkSize(request: RequestSession, saved: SavedSession): Promise<void> {
  if (request.backend.kind !== "sealed") return;
  const token = await request.backend.token(saved);
  if (token === undefined) return;
  try {
    writeToken(request, token, saved.state);
  } catch (error) {
    if (!(SessionError.is(error) && error.code === "COOKIE_TOO_LARGE")) throw error;
    const message = `${error.message} The largest keys: ${largestKeys(storedEntries(saved.state))}.`;
    throw new SessionError("COOKIE_TOO_LARGE", message, { cause: error });
  }
}

/** Parallel operations may end in another order than they committed; the newest state stays, unless the store was rewound. */
function accept(request: RequestSession, after: SavedSession, computed: string | undefined): void {
  if (request.isEnded && !request.saved) return;
  const known = request.saved?.state;
  const isOvertaken =
    known?.id === after.state.id && known.version > after.state.version && remembers(known, after.state.commitId);
  if (!isOvertaken) know(request, after);
  request.draft.rebase(request.saved?.state.entries ?? after.state.entries, computed);
}

function know(request: RequestSession, saved: SavedSession): void {
  request.saved = saved;
  request.knownAt = thisMoment();
}

const isGone = (error: unknown): boolean => SessionError.is(error) && error.code === "SESSION_GONE";

function report({ context }: RequestSession, { change }: PendingCommit, { state }: SavedSession): void {
  const { login, rotation } = change;
  if (rotation && rotation.hash === state.control.hash)
    context.emit({ type: "rotated", id: state.id, by: rotation.by });
  if (login) context.emit({ type: "login", id: state.id, userId: login.userId });
}
