import { isPromise } from "../../crypto/awaitable.ts";
import { SessionError } from "../../types/errors.ts";
import type { SavedSession } from "../backend/backend.ts";
import { remembers } from "../commit/commit-ids.ts";
import type { PendingCommit } from "../commit/pending-commit.ts";
import { type Flow, run, wait } from "../language/flow.ts";
import { storedEntries } from "../record/record.ts";
import { largestKeys } from "../record/size.ts";
import { thisMoment } from "../runtime/ended-tokens.ts";
import { type EntryChange, isEmpty, makesNothing } from "../state/change.ts";
import { epochOf } from "../state/epoch.ts";
import { newSession } from "../state/new-session.ts";
import type { RequestSession } from "./request-session.ts";
import { writeToken } from "./response-edits.ts";
import { type RequestCommit, takeChanges, takeEntry, takeKey, takeVisit } from "./take-changes.ts";

/** Makes everything durable that was changed so far. `create`: also a session that nothing was written to. */
export function* commitChanges(request: RequestSession, create = false): Flow<void> {
  yield* created(request);
  const taken = yield* takeChanges(request);
  if (create && !request.saved) yield* commitTaken(request, taken);
  else if (isEmpty(taken.change)) return;
  else if (!request.saved && isWorthNothing(request, taken)) taken.rollback();
  else yield* commitTaken(request, taken);
}

/** Whether a new session with these changes would be as one without them, and so not worth a record. */
const isWorthNothing = ({ context }: RequestSession, { change }: RequestCommit): boolean =>
  makesNothing(change, newSession(context, ""), context.config.remember);

/** Makes `fn` of one key durable, and with it the request's changes of that key and of the session itself. */
export function* commitKey(request: RequestSession, key: string, fn: EntryChange): Flow<void> {
  yield* created(request);
  yield* commitTaken(request, yield* takeKey(request, key, fn));
}

/** Makes `fn` of an entry durable that the draft does not hold. */
export function* commitEntry(request: RequestSession, name: string, fn: EntryChange): Flow<void> {
  yield* commitTaken(request, yield* takeEntry(request, name, fn));
}

/** Ends the session, also one that this version cannot read. What was written in this request goes with it. */
export function* destroySession(request: RequestSession): Flow<void> {
  yield* created(request);
  const proven = request.saved ?? request.unreadable?.proven;
  if (request.unreadable && !proven) throw request.unreadable.error;
  // First, so that at no moment an old cookie could open a session again.
  if (request.old) yield* wait(request.old.end(proven?.state.id));
  if (proven) yield* request.backend.remove(proven);
  if (request.unreadable) request.authenticated = request.unreadable.proven;
  request.unreadable = undefined;
  request.forget();
}

/** Deletes what this request made durable if the client cannot be sent its token: no client could ever use it. */
export function* withdraw(request: RequestSession): Flow<void> {
  const { saved, authenticated, isExported, backend } = request;
  if (!saved || isExported) return;
  const before = authenticated?.state;
  if (before?.id === saved.state.id && epochOf(before) === epochOf(saved.state)) return;
  request.goneId = saved.state.id;
  yield* wait(backend.withdraw(saved));
}

/**
 * Records a request that changed nothing, and rotates its secret if that is due. A failure loses nothing of the user's,
 * so it is not the request's.
 */
export function* touchSession(request: RequestSession): Flow<void> {
  const { saved, channel } = request;
  if (!saved) return;
  try {
    channel?.transport.ready?.(channel.context);
    const taken = yield* takeVisit(request);
    const touched = taken ? yield* commitTaken(request, taken) : yield* request.backend.touch(saved);
    if (touched) know(request, touched);
  } catch (error) {
    if (!SessionError.is(error)) throw error;
  }
}

function* created(request: RequestSession): Flow<void> {
  while (request.creating) yield* wait(request.creating);
}

/** The one way by which changes of a request become durable. */
function* commitTaken(request: RequestSession, taken: RequestCommit): Flow<undefined> {
  // Not by `created()`: nothing may be waited for between this check and the call of `create`.
  while (request.creating) yield* wait(request.creating);
  const { channel, saved } = request;
  try {
    channel?.transport.ready?.(channel.context);
    const after = saved ? yield* recommit(request, saved, taken) : yield* create(request, taken);
    yield* checkSize(request, after);
    accept(request, after, saved, taken.computed);
    report(request, taken, after);
  } catch (error) {
    taken.rollback();
    if (request.backend.kind === "sealed") request.saved = saved;
    if (isGone(error)) request.goneId = saved?.state.id;
    throw error;
  }
}

function* create(request: RequestSession, pending: PendingCommit): Flow<SavedSession> {
  const creation = run(request.backend.create(pending, request.takeToken()));
  if (!isPromise(creation)) {
    know(request, creation);
    return creation;
  }
  const done = (): void => {
    request.creating = undefined;
  };
  request.creating = creation.then((saved) => {
    know(request, saved);
    done();
  }, done);
  return yield* wait(creation);
}

/**
 * A login whose session is gone or was superseded (a double click) becomes a new session with this request's changes.
 * Not in background edits: no client would have that session's token. Nor under a token that somebody else decides.
 */
function* recommit(request: RequestSession, saved: SavedSession, pending: PendingCommit): Flow<SavedSession> {
  try {
    return yield* request.backend.commit(saved, pending);
  } catch (error) {
    const { login } = pending.change;
    if (!isGone(error) || !login || !request.channel || request.given) throw error;
    // Of a signed-in session that is not there any more, it is no double click but a session that somebody has ended.
    if (login.userId === saved.state.userId && !(yield* request.backend.confirm(saved))) throw error;
    request.saved = undefined;
    return yield* create(request, pending);
  }
}

/** A sealed session must fit its cookie; better known now than after the rest of the request has counted on it. */
function* checkSize(request: RequestSession, saved: SavedSession): Flow<void> {
  if (request.backend.kind !== "sealed") return;
  const token = yield* request.backend.token(saved);
  if (token === undefined) return;
  try {
    writeToken(request, token, saved.state);
  } catch (error) {
    if (!(SessionError.is(error) && error.code === "COOKIE_TOO_LARGE")) throw error;
    const message = `${error.message} The largest keys: ${largestKeys(storedEntries(saved.state))}.`;
    throw new SessionError("COOKIE_TOO_LARGE", message, { cause: error });
  }
}

/**
 * Keeps the newest state: parallel operations may end in another order than they committed. If the request has learned
 * nothing since `before`, the commit's is the newest, also an earlier one, which is that of a rewound store.
 */
function accept(
  request: RequestSession,
  after: SavedSession,
  before: SavedSession | undefined,
  computed: string | undefined,
): void {
  if (request.isEnded && !request.saved) return;
  const known = request.saved?.state;
  const isOvertaken =
    known !== before?.state &&
    known?.id === after.state.id &&
    known.version > after.state.version &&
    remembers(known, after.state.commitId);
  // A commit that changes nothing may not have asked the store.
  if (!isOvertaken && after.state !== known) know(request, after);
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
