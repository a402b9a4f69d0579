import type { Wish } from "../backend/backend.ts";
import { type PlannedRotation, planRotation, planSchedule, rotationDue } from "../state/rotation.ts";
import type { Visit } from "./request-session.ts";
import { type Intent, restored } from "./session-changes.ts";

/** Takes over what the request wants of the session, with the new secret that goes with it. */
export async function takeIntent(
  visit: Visit,
  scheduled: boolean,
): Promise<{ intent: Intent; planned: PlannedRotation | undefined }> {
  const { intent, held, engine } = visit;
  visit.intent = {};
  try {
    if (intent.rotate && held)
      return { intent, planned: await planRotation(intent.rotate, engine.clock.now(), engine.config) };
    return { intent, planned: scheduled ? await planScheduled(visit) : undefined };
  } catch (error) {
    visit.intent = restored(intent, visit.intent);
    throw error;
  }
}

/** The periodic rotation, where it is due and the answer can carry the new token. */
export async function planScheduled({ engine, held, opened, channel }: Visit): Promise<PlannedRotation | undefined> {
  const now = engine.clock.now();
  if (!held || !channel?.transport.write || !rotationDue(held, now, engine.config)) return undefined;
  return opened?.standing === "current" ? planSchedule(held, now, engine.config) : undefined;
}

export const wish = (
  visit: Visit,
  change: Wish["change"],
  planned: PlannedRotation | undefined,
  exact: boolean,
): Wish => ({
  change,
  secret: planned?.secret,
  seen: visit.isSeen,
  exact,
});
