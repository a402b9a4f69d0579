import type { Limits } from "../config/config.ts";
import type { Entries } from "../record/entries.ts";
import { isData, noEntries } from "../record/entries.ts";
import { type Control, copyState, type EndedSecret, type SessionState } from "../record/record.ts";
import type { Occasion } from "../runtime/order.ts";
import { expiryTimes } from "./expiry.ts";

/** What becomes of one entry, given its encoding now; `undefined` stands for absent on both sides. Pure: it may run again. */
export type EntryChange = (now: string | undefined) => string | undefined;

/** A new secret, known by its hash. `schedule` is the periodic one and keeps the previous secret in grace. */
export type Rotation =
  | { readonly by: "login" | "regenerate"; readonly hash: string; readonly at: number }
  | {
      readonly by: "schedule";
      readonly hash: string;
      readonly at: number;
      /** The hash that the request came with; the rotation is dropped if the record has another one by now. */
      readonly from: string;
      readonly nonce: string;
      readonly graceUntil: number;
    };

/** A login, and when it was called. */
export interface Login extends Occasion {
  readonly userId: string;
  /** Another user was signed in: their data and flash messages go first. */
  readonly replacesUser: boolean;
}

/** Settings of this one session that stay in force. A name that holds `undefined` goes back to the manager's. */
export type Settings = {
  readonly [K in "remember" | "idle" | "absolute" | "until" | "cookie"]?: Control[K] | undefined;
};

/** All that one request asks of one record; applied again to a newer record when another request was faster. */
export interface SessionChange {
  readonly login?: Login | undefined;
  readonly rotation?: Rotation | undefined;
  readonly settings?: Settings | undefined;
  /** The hash of the secret that the client came with, where the record waits to see it in use. */
  readonly seen?: string | undefined;
  /** The activity is noted in the record itself, because a touch of the store cannot do it. */
  readonly visit?: boolean | undefined;
  /** Drop the data that stands before `entries` are applied. */
  readonly clear?: boolean | undefined;
  readonly entries: ReadonlyMap<string, EntryChange>;
}

/** How long a secret that login or regenerate ended may come from a request that was under way, in milliseconds. */
export const underWay = 60_000;
/** So many ended secrets are known again; a loop that regenerates does not make the record grow. */
const mostRetired = 8;

export function isEmpty(change: SessionChange): boolean {
  return !change.login && !change.rotation && !change.settings && !change.clear && change.entries.size === 0;
}

/**
 * Whether a session that does not exist yet would be made of nothing: no user, no data but the schema's defaults, no
 * settings of its own.
 */
export function makesNothing(change: SessionChange, unsaved: SessionState, remember: boolean): boolean {
  if (change.login) return false;
  const { control, entries } = applyChange(unsaved, change);
  const { remember: kept = remember, ...rest } = control;
  if (kept !== remember || Object.keys(rest).length > 0) return false;
  return [...entries].every(([name, text]) => unsaved.entries.get(name) === text);
}

/** The state after a change; the very same object when nothing is different. Version, times and commit ids are the caller's. */
export function applyChange(state: SessionState, change: SessionChange): SessionState {
  const base = change.login?.replacesUser ? noEntries : state.entries;
  const entries = changeEntries(base, change);
  const kept = change.login?.replacesUser ? noEntries : changeKept(state.kept, state.entries, entries, change.clear);
  const control = changeControl(state.control, change);
  const userId = change.login?.userId ?? state.userId;
  const isSame = entries === state.entries && kept === state.kept;
  if (isSame && control === state.control && userId === state.userId) return state;
  const next = copyState(state);
  next.userId = userId;
  next.control = control;
  next.entries = entries;
  next.kept = kept;
  return next;
}

/** Drops kept entries that the change has written. `clear()` drops all of them. */
function changeKept(kept: Entries, before: Entries, after: Entries, clear = false): Entries {
  if (kept.size === 0) return kept;
  if (clear) return noEntries;
  const rest = [...kept].filter(([name]) => before.get(name) === after.get(name));
  return rest.length === kept.size ? kept : new Map(rest);
}

function changeEntries(base: Entries, change: SessionChange): Entries {
  let next: Map<string, string> | undefined;
  if (change.clear) {
    const kept = [...base].filter(([name]) => !isData(name));
    if (kept.length < base.size) next = new Map(kept);
  }
  for (const [name, alter] of change.entries) {
    const now = (next ?? base).get(name);
    const text = alter(now);
    if (text === now) continue;
    next ??= new Map(base);
    if (text === undefined) next.delete(name);
    else next.set(name, text);
  }
  return next ?? base;
}

function changeControl(control: Control, change: SessionChange): Control {
  const isSeen = change.seen !== undefined && change.seen === control.hash;
  // Without the nonce, the current secret cannot be derived from the previous one any more.
  let next = isSeen ? without(without(control, "nonce"), "probation") : control;
  if (change.rotation) next = rotate(next, change.rotation);
  if (change.login) next = signIn(next, change.login);
  if (change.settings) next = applySettings(next, change.settings);
  return change.visit ? { ...next } : next;
}

function rotate(control: Control, rotation: Rotation): Control {
  const { previous, nonce, hash, era = hash, ...rest } = control;
  if (rotation.by === "schedule") {
    if (hash !== rotation.from) return control;
    const kept = { hash, until: rotation.graceUntil };
    const { nonce, at: rotatedAt } = rotation;
    const retired = previous && retire(control, previous);
    return { ...control, hash: rotation.hash, ...(era && { era }), ...retired, previous: kept, nonce, rotatedAt };
  }
  const ended = hash === undefined ? [] : [{ hash, until: rotation.at + underWay }];
  const retired = retire(control, ...(previous ? [previous] : []), ...ended);
  const epoch = (control.epoch ?? 0) + 1;
  return { ...rest, ...retired, hash: rotation.hash, rotatedAt: rotation.at, epoch };
}

const retire = ({ retired = [] }: Control, ...ended: EndedSecret[]): Pick<Control, "retired"> => ({
  retired: [...retired, ...ended].slice(-mostRetired),
});

function without(control: Control, name: "nonce" | "probation" | "seenAt"): Control {
  if (control[name] === undefined) return control;
  const { [name]: _, ...rest } = control;
  return rest;
}

function signIn(control: Control, login: Login): Control {
  const { until, probation, ...rest } = control;
  const own = control.absolute === undefined ? {} : { until: login.at + control.absolute };
  return { ...rest, ...own, start: login.at, authenticatedAt: login.at };
}

/** Settings with later ones on top. Of `remember` with a length and an idle limit, which are one thing, the last holds. */
export function mergeSettings(before: Settings, after: Settings): Settings {
  const cookie = after.cookie && { cookie: { ...before.cookie, ...after.cookie } };
  const isIdleNewer = "idle" in after && !("remember" in after) && typeof before.remember === "number";
  return { ...before, ...(isIdleNewer && { remember: true }), ...after, ...cookie };
}

function applySettings(control: Control, settings: Settings): Control {
  // What is undefined is not stored.
  const next: Control = JSON.parse(JSON.stringify({ ...control, ...mergeSettings(control, settings) }));
  const keys = Object.keys(next) as (keyof Control)[];
  const isSame = keys.length === Object.keys(control).length;
  return isSame && keys.every((key) => JSON.stringify(next[key]) === JSON.stringify(control[key])) ? control : next;
}

/** A state with its times and its deadline brought up to date for storing. */
export function withUpdatedExpiry(state: SessionState, now: number, seen: boolean, limits: Limits): SessionState {
  const lastSeenAt = seen ? Math.max(state.lastSeenAt, now) : state.lastSeenAt;
  const { previous } = state.control;
  const isGraceOver = previous !== undefined && now >= previous.until;
  const control = isGraceOver ? without(state.control, "nonce") : state.control;
  const next = copyState(state);
  next.lastSeenAt = lastSeenAt;
  next.control = state.visitInBody ? { ...control, seenAt: lastSeenAt } : without(control, "seenAt");
  next.expiresAt = expiryTimes(next, limits).first;
  if (state.visitInBody) next.visitInBody = "noted";
  return next;
}
