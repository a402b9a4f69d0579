import { SessionError } from "../../types/errors.ts";
import type { Held, Wish } from "../backend/backend.ts";
import { remembers } from "../commit/commit-ids.ts";
import { epochOf } from "../commit/commit-record.ts";
import { dataName } from "../record/entries.ts";
import { storedEntries } from "../record/record.ts";
import { largestKeys } from "../record/size.ts";
import { thisMoment } from "../runtime/ended-tokens.ts";
import { type EntryChange, isEmpty } from "../state/change.ts";
import type { Batch } from "./draft.ts";
import { planScheduled, takeIntent, wish } from "./pending-commit.ts";
import type { Visit } from "./request-session.ts";
import { writeToken } from "./response-edits.ts";
import { type Intent, restored } from "./session-changes.ts";

/** Makes all changes so far durable. `create`: also a session that nothing was written to. */
export async function save(visit: Visit, create = false): Promise<void> {
  await created(visit);
  const { intent, planned } = await takeIntent(visit, true);
  const { clear, entries, undo } = visit.draft.collect();
  const change = { ...intent, rotation: planned?.rotation, clear, entries };
  if (isEmpty(change) && !(create && !visit.held)) return;
  await commit(visit, wish(visit, change, planned, false), undo, intent);
}

/** Makes `fn` of one key durable, and with it what is pending for that key and for the session itself. */
export async function alter(visit: Visit, key: string, fn: EntryChange): Promise<void> {
  await created(visit);
  const name = dataName(key);
  const { intent, planned } = await takeIntent(visit, false);
  const { entries, undo } = visit.draft.collectKey(key);
  const own = entries.get(name);
  const change = {
    ...intent,
    rotation: planned?.rotation,
    entries: new Map([[name, own ? (now: string | undefined) => fn(own(now)) : fn]]),
  };
  await commit(visit, wish(visit, change, planned, true), undo, intent, name);
}

/** Makes `fn` of an entry durable that the draft does not hold. */
export async function alterEntry(visit: Visit, name: string, fn: EntryChange): Promise<void> {
  const { intent, planned } = await takeIntent(visit, false);
  const change = { ...intent, rotation: planned?.rotation, entries: new Map([[name, fn]]) };
  await commit(visit, wish(visit, change, planned, false), () => undefined, intent, name);
}

/** Ends the session, also one that this version cannot read. What was written in this request goes with it. */
export async function end(visit: Visit): Promise<void> {
  await created(visit);
  const proven = visit.held ?? visit.unreadable?.proven;
  if (visit.unreadable && !proven) throw visit.unreadable.error;
  if (proven) await visit.keeper.remove(proven);
  if (visit.unreadable) visit.opened = visit.unreadable.proven;
  visit.unreadable = undefined;
  visit.forget();
}

/** Takes back what this request made durable when the client cannot be told: nobody could ever use it. */
export async function withdraw(visit: Visit): Promise<void> {
  const { held, opened, isExported, keeper } = visit;
  if (!held || isExported) return;
  const before = opened?.state;
  if (before?.id === held.state.id && epochOf(before) === epochOf(held.state)) return;
  visit.goneId = held.state.id;
  await keeper.withdraw(held);
}

/** Records a visit that stored nothing. Failing here loses nothing of the visitor's, so it fails nothing. */
export async function keepAlive(visit: Visit): Promise<void> {
  const { held, channel } = visit;
  if (!held) return;
  try {
    channel?.transport.ready?.(channel.context);
    const planned = await planScheduled(visit);
    if (planned) {
      const change = { rotation: planned.rotation, entries: new Map() };
      await commit(visit, wish(visit, change, planned, false), () => undefined, {});
    } else {
      const touched = await visit.keeper.touch(held);
      if (touched) know(visit, touched);
    }
  } catch (error) {
    if (!SessionError.is(error)) throw error;
  }
}

async function created(visit: Visit): Promise<void> {
  while (visit.creating) await visit.creating;
}

async function commit(visit: Visit, wish: Wish, undo: Batch["undo"], intent: Intent, computed?: string): Promise<void> {
  // Not through `created()`: between this look and the call of `create` nobody else may come.
  while (visit.creating) await visit.creating;
  const { channel, held } = visit;
  try {
    channel?.transport.ready?.(channel.context);
    const after = held ? await recommit(visit, held, wish) : await create(visit, wish);
    await checkSize(visit, after);
    accept(visit, after, computed);
    report(visit, wish, after);
  } catch (error) {
    undo();
    if (visit.keeper.kind === "sealed") visit.held = held;
    if (isGone(error)) visit.goneId = held?.state.id;
    visit.intent = restored(intent, visit.intent);
    throw error;
  }
}

function create(visit: Visit, wish: Wish): Promise<Held> {
  const creation = visit.keeper.create(wish, visit.takeId());
  const done = (): void => {
    visit.creating = undefined;
  };
  visit.creating = creation.then((held) => {
    know(visit, held);
    done();
  }, done);
  return creation;
}

/**
 * A login whose session is gone or was superseded (a double click) becomes a new session with this request's changes.
 * Not in work behind the visitor's back: nobody would have that session's token.
 */
async function recommit(visit: Visit, held: Held, wish: Wish): Promise<Held> {
  try {
    return await visit.keeper.commit(held, wish);
  } catch (error) {
    if (!isGone(error) || !wish.change.login || !visit.channel) throw error;
    visit.held = undefined;
    return create(visit, wish);
  }
}

/** A sealed session must fit its cookie; better known now than after the rest of the request has counted on it. */
async function checkSize(visit: Visit, held: Held): Promise<void> {
  if (visit.keeper.kind !== "sealed") return;
  const token = await visit.keeper.token(held);
  if (token === undefined) return;
  try {
    writeToken(visit, token, held.state);
  } catch (error) {
    if (!(SessionError.is(error) && error.code === "COOKIE_TOO_LARGE")) throw error;
    const message = `${error.message} The largest keys: ${largestKeys(storedEntries(held.state))}.`;
    throw new SessionError("COOKIE_TOO_LARGE", message, { cause: error });
  }
}

/** Parallel operations may end in another order than they committed; the newest state stays, unless the store was rewound. */
function accept(visit: Visit, after: Held, computed: string | undefined): void {
  if (visit.isEnded && !visit.held) return;
  const known = visit.held?.state;
  const isOvertaken =
    known?.id === after.state.id && known.version > after.state.version && remembers(known, after.state.commitId);
  if (!isOvertaken) know(visit, after);
  visit.draft.rebase(visit.held?.state.entries ?? after.state.entries, computed);
}

function know(visit: Visit, held: Held): void {
  visit.held = held;
  visit.knownAt = thisMoment();
}

const isGone = (error: unknown): boolean => SessionError.is(error) && error.code === "SESSION_GONE";

function report({ engine }: Visit, { change }: Wish, { state }: Held): void {
  const { login, rotation } = change;
  if (rotation && rotation.hash === state.control.hash) engine.emit({ type: "rotated", id: state.id, by: rotation.by });
  if (login) engine.emit({ type: "login", id: state.id, userId: login.userId });
}
