import type { PendingCommit } from "../backend/backend.ts";
import { type PlannedRotation, planRotation, planSchedule, rotationDue } from "../state/rotation.ts";
import type { RequestSession } from "./request-session.ts";
import { mergeChanges, type SessionChanges } from "./session-changes.ts";

/** Takes over what the request wants of the session, with the new secret that goes with it. */
export async function takeChanges(
  request: RequestSession,
  scheduled: boolean,
): Promise<{ changes: SessionChanges; planned: PlannedRotation | undefined }> {
  const { changes, saved, context } = request;
  request.changes = {};
  try {
    if (changes.rotate && saved)
      return { changes, planned: await planRotation(changes.rotate, context.clock.now(), context.config) };
    return { changes, planned: scheduled ? await planScheduled(request) : undefined };
  } catch (error) {
    request.changes = mergeChanges(changes, request.changes);
    throw error;
  }
}

/** The periodic rotation, where it is due and the answer can carry the new token. */
export async function planScheduled({
  context,
  saved,
  authenticated,
  channel,
}: RequestSession): Promise<PlannedRotation | undefined> {
  const now = context.clock.now();
  if (!saved || !channel?.transport.write || !rotationDue(saved, now, context.config)) return undefined;
  return authenticated?.secretStatus === "current" ? planSchedule(saved, now, context.config) : undefined;
}

export const pendingCommit = (
  request: RequestSession,
  change: PendingCommit["change"],
  planned: PlannedRotation | undefined,
  exact: boolean,
): PendingCommit => ({
  change,
  newSecret: planned?.secret,
  isUserActivity: request.isUserActivity,
  readsStoredValue: exact,
});
