import { type Awaitable, chain } from "../../crypto/awaitable.ts";
import { SessionError } from "../../types/errors.ts";
import type { RejectReason } from "../../types/events.ts";
import type { SessionStore } from "../../types/store.ts";
import { run } from "../language/flow.ts";
import { fromRecord, type SessionState } from "../record/record.ts";
import { parseToken, sameDigest, type Token } from "../record/token.ts";
import { validateOnLoad } from "../record/validate-data.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { askStore } from "../runtime/store-call.ts";
import { expired } from "../state/expiry.ts";
import { currentSecret, hashSecret } from "../state/rotation.ts";
import type { AuthenticatedSession, Unreadable } from "./backend.ts";

/** Several cookies of one name: this many are tried. */
const maxTokens = 3;

type Found = AuthenticatedSession | Unreadable | undefined;

/**
 * Opens the session of the first token that verifies. What is wrong with the others is said to the observer only. Makes no
 * promise on a store that answers at once.
 */
export const authenticate = (
  context: ManagerContext,
  store: SessionStore,
  tokens: readonly string[],
): Awaitable<Found> => tryTokens(context, store, tokens, 0, undefined);

/** Tries the tokens from `index` on. `other`: what an earlier token opened that is of less use than a live session. */
function tryTokens(
  context: ManagerContext,
  store: SessionStore,
  tokens: readonly string[],
  index: number,
  other: Found,
): Awaitable<Found> {
  const presented = tokens[index];
  if (presented === undefined) return other;
  if (index >= maxTokens) {
    refuse(context, "duplicate", undefined);
    return other;
  }
  const token = parseToken(presented);
  if (!token) {
    refuse(context, "malformed", undefined);
    return tryTokens(context, store, tokens, index + 1, other);
  }
  return chain(openToken(context, store, token, presented), (opened) => {
    if (opened?.secretStatus === "current" || opened?.secretStatus === "previous") {
      if (index + 1 < tokens.length) refuse(context, "duplicate", undefined);
      context.emit({ type: "opened", id: token.id, userId: opened.state.userId });
      return opened;
    }
    return tryTokens(context, store, tokens, index + 1, other ?? opened);
  });
}

function openToken(context: ManagerContext, store: SessionStore, token: Token, presented: string): Awaitable<Found> {
  const { id, secret } = token;
  const now = context.clock.now();
  const key = { namespace: context.config.namespace, id };
  const read = askStore(context, "read", (call) => store.read(key, now, call));
  return chain(read, (record): Awaitable<Found> => {
    if (!record) return refuse(context, "unknown", id);
    let state: SessionState;
    try {
      state = fromRecord(record);
    } catch (error) {
      if (isUnreadable(error)) return unfit(context, "unsupported-format", id, error, undefined);
      return refuse(context, "corrupt", id);
    }
    const over = expired(state, context.config.limits, now);
    if (over) return refuse(context, over, id);
    return chain(hashSecret(secret, context.config), (digest) =>
      openState(context, state, secret, presented, secretStatusOf(state, digest, now)),
    );
  });
}

function openState(
  context: ManagerContext,
  state: SessionState,
  secret: string,
  presented: string,
  status: SecretStatus,
): Awaitable<Found> {
  const { id } = state;
  if (status === "grace-ended") return refuse(context, status, id, true);
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

type SecretStatus = "current" | "previous" | "revoked" | "grace-ended" | "wrong-secret";

/** Which of the record's secrets this is the digest of. */
function secretStatusOf({ control }: SessionState, digest: string, now: number): SecretStatus {
  const { hash = "", previous, retired = [] } = control;
  if (sameDigest(digest, hash)) return "current";
  if (previous && sameDigest(digest, previous.hash)) return now < previous.until ? "previous" : "grace-ended";
  const isRetired = retired.some((one) => sameDigest(digest, one.hash) && now < one.until);
  return isRetired ? "revoked" : "wrong-secret";
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
