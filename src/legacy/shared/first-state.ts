import { newCommitId } from "../../core/commit/commit-ids.ts";
import { type Flow, run, wait } from "../../core/language/flow.ts";
import { encodeValue } from "../../core/record/codec.ts";
import { dataName } from "../../core/record/entries.ts";
import type { SessionState } from "../../core/record/record.ts";
import { validateForStore } from "../../core/record/validate-data.ts";
import type { ManagerContext } from "../../core/runtime/context.ts";
import { applyChange, type EntryChange, withUpdatedExpiry } from "../../core/state/change.ts";
import { expired } from "../../core/state/expiry.ts";
import { newSession } from "../../core/state/new-session.ts";
import { hashSecret, planSchedule } from "../../core/state/rotation.ts";
import { SessionError } from "../../types/errors.ts";
import type { RejectReason } from "../../types/events.ts";
import type { Claim } from "./claim.ts";
import { newImport } from "./fates.ts";
import type { Imported } from "./source.ts";

interface FirstState {
  readonly state: SessionState;
  /** Of the token that the client gets. */
  readonly secret: string;
}

/** Returns the first state of a session that was another library's, or why our options do not allow it. */
export async function firstState(
  context: ManagerContext,
  claim: Claim,
  imported: Imported,
): Promise<FirstState | RejectReason> {
  let first: FirstState;
  try {
    first = await run(stateOf(context, claim, imported));
  } catch (error) {
    // The data does not fit the schema, is too large or cannot be stored.
    if (SessionError.is(error)) return "schema";
    throw error;
  }
  return expired(first.state, context.config.limits, context.clock.now()) ?? first;
}

/**
 * As after a periodic rotation from the secret that all processes derive from the old cookie, so that all of them derive
 * the same next one, until somebody has used that.
 */
function* stateOf(context: ManagerContext, claim: Claim, { data, userId, createdAt }: Imported): Flow<FirstState> {
  const { config, clock } = context;
  const { id, secret: from } = claim.token;
  const now = clock.now();
  const unsaved = newSession(context, id, yield* wait(hashSecret(from, id, config)));
  const planned = yield* planSchedule({ state: unsaved, secret: from }, now, config);
  if (!planned) throw new TypeError("A new session has a secret.");
  const entries = new Map<string, EntryChange>();
  for (const [key, value] of Object.entries(data)) {
    if (value === undefined) continue;
    const text = encodeValue(config.codec, key, value);
    entries.set(dataName(key), () => text);
  }
  const changed = applyChange(unsaved, { rotation: planned.rotation, entries });
  const since = createdAt === undefined ? now : Math.min(createdAt, now);
  const authenticatedAt = userId === undefined || createdAt === undefined ? undefined : since;
  const control = {
    ...changed.control,
    imported: newImport(claim),
    ...(authenticatedAt !== undefined && { authenticatedAt }),
  };
  const valid = validateForStore({ ...changed, userId, control, createdAt: since }, undefined, config);
  const stored = { ...valid, version: 1, commitId: newCommitId() };
  return { state: withUpdatedExpiry(stored, now, true, config.limits), secret: planned.secret };
}
