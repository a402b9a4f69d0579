import { SessionError } from "../../types/errors.ts";
import type { RejectReason } from "../../types/events.ts";
import type { SessionStore } from "../../types/store.ts";
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

/** Opens the session of the first token that verifies. What is wrong with the others is said to the observer only. */
export async function authenticate(
  context: ManagerContext,
  store: SessionStore,
  tokens: readonly string[],
): Promise<AuthenticatedSession | Unreadable | undefined> {
  let other: AuthenticatedSession | Unreadable | undefined;
  for (const [index, presented] of tokens.entries()) {
    if (index >= maxTokens) {
      refuse(context, "duplicate", undefined);
      break;
    }
    const token = parseToken(presented);
    if (!token) {
      refuse(context, "malformed", undefined);
      continue;
    }
    const opened = await openToken(context, store, token, presented);
    if (opened?.secretStatus === "current" || opened?.secretStatus === "previous") {
      if (index + 1 < tokens.length) refuse(context, "duplicate", undefined);
      context.emit({ type: "opened", id: token.id, userId: opened.state.userId });
      return opened;
    }
    other ??= opened;
  }
  return other;
}

async function openToken(
  context: ManagerContext,
  store: SessionStore,
  { id, secret }: Token,
  presented: string,
): Promise<AuthenticatedSession | Unreadable | undefined> {
  const now = context.clock.now();
  const key = { namespace: context.config.namespace, id };
  const record = await askStore(context, "read", (call) => store.read(key, now, call));
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
  const status = secretStatusOf(state, await hashSecret(secret, context.config), now);
  if (status === "grace-ended") return refuse(context, status, id, true);
  if (status === "wrong-secret") return refuse(context, status, id);
  if (status === "revoked") {
    refuse(context, "superseded", id);
    return { state, presented, secretStatus: status };
  }
  const proven: AuthenticatedSession = { state, presented, secretStatus: status };
  try {
    const saved = { ...proven, state: validateOnLoad(state, context.config) };
    return { ...saved, secret: status === "current" ? secret : await currentSecret(secret, state, context.config) };
  } catch (error) {
    if (isUnreadable(error)) return unfit(context, "schema", id, error, proven);
    throw error;
  }
}

/** Which of the record's secrets this is the digest of. */
function secretStatusOf(
  { control }: SessionState,
  digest: string,
  now: number,
): "current" | "previous" | "revoked" | "grace-ended" | "wrong-secret" {
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
