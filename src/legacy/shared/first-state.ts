import { newCommitId } from "../../core/commit/commit-ids.ts";
import { type Flow, wait } from "../../core/language/flow.ts";
import { encodeValue } from "../../core/record/codec.ts";
import { dataName } from "../../core/record/entries.ts";
import type { SessionState } from "../../core/record/record.ts";
import type { Token } from "../../core/record/token.ts";
import { validateForStore } from "../../core/record/validate-data.ts";
import type { ManagerContext } from "../../core/runtime/context.ts";
import { applyChange, type EntryChange, withUpdatedExpiry } from "../../core/state/change.ts";
import { newSession } from "../../core/state/new-session.ts";
import { hashSecret, planSchedule } from "../../core/state/rotation.ts";
import type { Imported } from "./source.ts";

/**
 * Returns the first state of a session that was another library's, with its secret. It is as after a periodic rotation
 * from the secret that all clients derive from the old session, so that all of them derive the same next one.
 *
 * @throws SessionError INVALID_DATA, SESSION_TOO_LARGE or NOT_SERIALIZABLE
 */
export function* firstState(
  context: ManagerContext,
  { id, secret: from }: Token,
  { data, userId, createdAt }: Imported,
): Flow<{ state: SessionState; secret: string }> {
  const { config, clock } = context;
  const now = clock.now();
  const unsaved = newSession(context, id, yield* wait(hashSecret(from, id, config)));
  const planned = yield* planSchedule({ state: unsaved, secret: from }, now, config);
  if (!planned) throw new TypeError("A new session has a secret.");
  const entries = new Map<string, EntryChange>();
  for (const [key, value] of Object.entries(data)) {
    const text = encodeValue(config.codec, key, value);
    entries.set(dataName(key), () => text);
  }
  const changed = applyChange(unsaved, { rotation: planned.rotation, entries });
  const since = createdAt === undefined ? now : Math.min(createdAt, now);
  const authenticatedAt = userId === undefined || createdAt === undefined ? undefined : since;
  const control = {
    ...changed.control,
    imported: newCommitId(),
    ...(authenticatedAt !== undefined && { authenticatedAt }),
  };
  const valid = validateForStore({ ...changed, userId, control, createdAt: since }, undefined, config);
  const stored = { ...valid, version: 1, commitId: newCommitId() };
  return { state: withUpdatedExpiry(stored, now, true, config.limits), secret: planned.secret };
}
