import { type Awaitable, chain } from "../../crypto/awaitable.ts";
import { SessionError } from "../../types/errors.ts";
import type { RejectReason } from "../../types/events.ts";
import type { SessionStore } from "../../types/store.ts";
import { removeRecord } from "../commit/remove-record.ts";
import { run } from "../language/flow.ts";
import type { EndedSecret, SessionState } from "../record/record.ts";
import { parseToken, sameDigest, type Token } from "../record/token.ts";
import { validateOnLoad } from "../record/validate-data.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { askStore, timeLeft } from "../runtime/store-call.ts";
import { expired } from "../state/expiry.ts";
import { currentSecret, hashSecret, keysOf } from "../state/rotation.ts";
import { storedState } from "../state/stored-state.ts";
import type { AuthenticatedSession, Unreadable } from "./backend.ts";

/** Several cookies of one name: this many are tried. */
const maxTokens = 3;

type Found = AuthenticatedSession | Unreadable | undefined;

/** The session of a secret that came back after its end. */
interface Reused extends EndedSecret {
  readonly secretStatus: "reused";
  readonly state: SessionState;
}

/** The tokens of one request. */
interface Presented {
  readonly context: ManagerContext;
  readonly store: SessionStore;
  readonly tokens: readonly string[];
  /** When the store must have answered, by `performance.now()`. */
  readonly end: number;
}

/**
 * Opens the session of the first token that verifies. What is wrong with the others is said to the observer only. Makes no
 * promise on a store that answers at once.
 */
export const authenticate = (presented: Presented): Awaitable<Found> => tryTokens(presented, 0, undefined);

/** Tries the tokens from `index` on. `other`: what an earlier token opened that is of less use than a live session. */
function tryTokens(request: Presented, index: number, other: Found | Reused): Awaitable<Found> {
  const { context, store, tokens } = request;
  const presented = tokens[index];
  if (presented === undefined || index >= maxTokens) {
    if (presented !== undefined) refuse(context, "duplicate", undefined);
    return other?.secretStatus === "reused" ? endReused(context, store, other) : other;
  }
  const token = parseToken(presented);
  if (!token) {
    refuse(context, "malformed", undefined);
    return tryTokens(request, index + 1, other);
  }
  return chain(openToken(request, token, presented), (opened) => {
    if (opened?.secretStatus === "current" || opened?.secretStatus === "previous") {
      if (index + 1 < tokens.length) refuse(context, "duplicate", undefined);
      // Beside one that opens a session it is an old cookie of the same browser.
      if (other?.secretStatus === "reused") refuse(context, "duplicate", other.state.id);
      context.emit({ type: "opened", id: token.id, userId: opened.state.userId });
      return opened;
    }
    return tryTokens(request, index + 1, other ?? opened);
  });
}

/** Ends the session: a secret that its own client has replaced long ago is in other hands. */
function endReused(context: ManagerContext, store: SessionStore, { state, until, hash }: Reused): Awaitable<undefined> {
  const { id, userId } = state;
  refuse(context, hash === state.control.previous?.hash ? "grace-ended" : "superseded", id, true);
  const [endedAt, usedAt] = [new Date(until), new Date(context.clock.now())];
  context.emit({ type: "reuse", id, userId, endedAt, usedAt });
  if (context.config.onReuse === "report") return undefined;
  return chain(run(removeRecord(context, store, id)), (removed) => {
    if (removed) context.emit({ type: "destroyed", id });
    return undefined;
  });
}

function openToken({ context, store, end }: Presented, token: Token, presented: string): Awaitable<Found | Reused> {
  const { id, secret } = token;
  const now = context.clock.now();
  const key = { namespace: context.config.namespace, id };
  const read = askStore(context, "read", (call) => store.read(key, now, call), timeLeft(context, end));
  return chain(read, (record): Awaitable<Found | Reused> => {
    if (!record) return refuse(context, "unknown", id);
    let state: SessionState;
    try {
      state = storedState(record, context);
    } catch (error) {
      if (isUnreadable(error)) return unfit(context, "unsupported-format", id, error, undefined);
      return refuse(context, "corrupt", id);
    }
    const expiry = expired(state, context.config.limits, now);
    if (expiry) return refuse(context, expiry, id);
    return chain(statusUnder(context, state, secret, now, keysOf(context.config)), (status) =>
      openState(context, state, secret, presented, status),
    );
  });
}

function openState(
  context: ManagerContext,
  state: SessionState,
  secret: string,
  presented: string,
  status: SecretStatus,
): Awaitable<Found | Reused> {
  const { id } = state;
  if (typeof status === "object") return { ...status, secretStatus: "reused", state };
  if (status === "wrong-secret") return refuse(context, status, id);
  if (status === "revoked") {
    refuse(context, "superseded", id);
    return { state, presented, secretStatus: status };
  }
  let valid: SessionState;
  try {
    valid = validateOnLoad(state, context.config);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return unfit(context, "schema", id, error, { state, presented, secretStatus: status });
  }
  if (status === "current") return { state: valid, presented, secretStatus: status, secret };
  return chain(run(currentSecret(secret, state, context.config)), (current) => ({
    state: valid,
    presented,
    secretStatus: status,
    secret: current,
  }));
}

export type SecretStatus = "current" | "previous" | "revoked" | "wrong-secret" | EndedSecret;

/** Tries the keys one after the other: what they tell of a secret. */
export function statusUnder(
  context: ManagerContext,
  state: SessionState,
  secret: string,
  now: number,
  keys: readonly (string | undefined)[],
  index = 0,
): Awaitable<SecretStatus> {
  return chain(hashSecret(secret, state.id, context.config, keys[index]), (digest) => {
    const status = secretStatusOf(state, digest, now);
    if (status !== "wrong-secret" || index + 1 >= keys.length) return status;
    return statusUnder(context, state, secret, now, keys, index + 1);
  });
}

/** Which of the record's secrets this is the digest of. An ended secret: it came back when it could not be under way. */
function secretStatusOf({ control }: SessionState, digest: string, now: number): SecretStatus {
  const { hash = "", previous, retired = [] } = control;
  if (sameDigest(digest, hash)) return "current";
  if (previous && sameDigest(digest, previous.hash)) return now < previous.until ? "previous" : previous;
  const ended = retired.find((one) => sameDigest(digest, one.hash));
  if (!ended) return "wrong-secret";
  return now < ended.until ? "revoked" : ended;
}

export const isUnreadable = (error: unknown): error is SessionError =>
  SessionError.is(error) && error.code === "SESSION_UNREADABLE";

/** Tells the observer of a session that is there and cannot be read. */
export function unfit(
  context: ManagerContext,
  reason: RejectReason,
  id: string,
  error: SessionError,
  proven: AuthenticatedSession | undefined,
): Unreadable {
  refuse(context, reason, id);
  return { secretStatus: "unreadable", error, proven };
}

export function refuse(
  context: ManagerContext,
  reason: RejectReason,
  id: string | undefined,
  anomaly = false,
): undefined {
  context.emit({ type: "refused", reason, id, anomaly });
  return undefined;
}
