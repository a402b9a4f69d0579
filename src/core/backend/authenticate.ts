import { SessionError } from "../../types/errors.ts";
import type { RefusedReason } from "../../types/events.ts";
import type { SessionStore } from "../../types/store.ts";
import { fromRecord, type SessionState } from "../record/record.ts";
import { parseToken, sameDigest, type Token } from "../record/token.ts";
import { fitOnLoad } from "../record/validate-data.ts";
import type { Engine } from "../runtime/context.ts";
import { askStore } from "../runtime/store-call.ts";
import { expired } from "../state/expiry.ts";
import { currentSecret, hashSecret } from "../state/rotation.ts";
import type { Opened, Unreadable } from "./backend.ts";

/** Several cookies of one name: this many are tried. */
const candidates = 3;

/** Opens the session of the first token that verifies. What is wrong with the others is said to the observer only. */
export async function openStored(
  engine: Engine,
  store: SessionStore,
  tokens: readonly string[],
): Promise<Opened | Unreadable | undefined> {
  let other: Opened | Unreadable | undefined;
  for (const [index, presented] of tokens.entries()) {
    if (index >= candidates) {
      refuse(engine, "duplicate", undefined);
      break;
    }
    const token = parseToken(presented);
    if (!token) {
      refuse(engine, "malformed", undefined);
      continue;
    }
    const opened = await openToken(engine, store, token, presented);
    if (opened?.standing === "current" || opened?.standing === "grace") {
      if (index + 1 < tokens.length) refuse(engine, "duplicate", undefined);
      engine.emit({ type: "opened", id: token.id, userId: opened.state.userId });
      return opened;
    }
    other ??= opened;
  }
  return other;
}

async function openToken(
  engine: Engine,
  store: SessionStore,
  { id, secret }: Token,
  presented: string,
): Promise<Opened | Unreadable | undefined> {
  const now = engine.clock.now();
  const key = { namespace: engine.config.namespace, id };
  const record = await askStore(engine, "read", (call) => store.read(key, now, call));
  if (!record) return refuse(engine, "unknown", id);
  let state: SessionState;
  try {
    state = fromRecord(record);
  } catch (error) {
    if (isUnreadable(error)) return unfit(engine, "unsupported-format", id, error, undefined);
    return refuse(engine, "corrupt", id);
  }
  const over = expired(state, engine.config.limits, now);
  if (over) return refuse(engine, over, id);
  const standing = standingOf(state, await hashSecret(secret, engine.config), now);
  if (standing === "grace-ended") return refuse(engine, standing, id, true);
  if (standing === "wrong-secret") return refuse(engine, standing, id);
  if (standing === "retired") {
    refuse(engine, "superseded", id);
    return { state, presented, standing };
  }
  const proven: Opened = { state, presented, standing };
  try {
    const held = { ...proven, state: fitOnLoad(state, engine.config) };
    return { ...held, secret: standing === "current" ? secret : await currentSecret(secret, state, engine.config) };
  } catch (error) {
    if (isUnreadable(error)) return unfit(engine, "schema", id, error, proven);
    throw error;
  }
}

/** Which of the record's secrets this is the digest of. */
function standingOf(
  { control }: SessionState,
  digest: string,
  now: number,
): "current" | "grace" | "retired" | "grace-ended" | "wrong-secret" {
  const { hash = "", previous, retired = [] } = control;
  if (sameDigest(digest, hash)) return "current";
  if (previous && sameDigest(digest, previous.hash)) return now < previous.until ? "grace" : "grace-ended";
  const isRetired = retired.some((one) => sameDigest(digest, one.hash) && now < one.until);
  return isRetired ? "retired" : "wrong-secret";
}

export const isUnreadable = (error: unknown): error is SessionError =>
  SessionError.is(error) && error.code === "SESSION_UNREADABLE";

/** Tells the observer of a session that is there and cannot be read. */
export function unfit(
  engine: Engine,
  reason: RefusedReason,
  id: string,
  error: SessionError,
  proven: Opened | undefined,
): Unreadable {
  refuse(engine, reason, id);
  return { standing: "unreadable", error, proven };
}

export function refuse(engine: Engine, reason: RefusedReason, id: string | undefined, anomaly = false): undefined {
  engine.emit({ type: "refused", reason, id, anomaly });
  return undefined;
}
