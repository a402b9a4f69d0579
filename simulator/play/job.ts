import { SessionError } from "coatcheck";
import type { JobStep } from "../plan/plan.ts";
import { codeOf } from "./errors.ts";
import { perform } from "./operations.ts";
import type { Stage } from "./stage.ts";
import { Visit } from "./visit.ts";

/** Works on a client's session behind its back. */
export async function job(stage: Stage, step: JobStep): Promise<void> {
  const process = stage.process(step.process);
  const { name, token } = stage.client(step.client);
  const id = token?.split(".")[0];
  if (!process || id === undefined) return;
  const visit = new Visit(stage, process, `job ${step.id}`, name);
  stage.world.trace.say(process.name, `starts job ${step.id} on session ${stage.world.trace.name(id)}`);
  let hasBegun = false;
  let hasReturned = false;
  try {
    await process.sessions.edit(id, async (session) => {
      hasBegun = true;
      stage.oracle.found(id, visit.look());
      visit.opens(id);
      for (const [index, operation] of step.operations.entries()) {
        await perform(visit, session, operation, `${step.id}.${index}`);
      }
      hasReturned = true;
    });
    visit.saved(id);
    visit.say("is done");
  } catch (error) {
    stage.checkError(visit, error);
    if (!hasBegun && SessionError.is(error) && error.code === "SESSION_GONE") stage.oracle.notFound(id, visit.look());
    visit.failed(hasReturned ? visit.outcomeOf(error) : "unknown");
    visit.say(`fails (${codeOf(error)})`);
  }
  visit.over();
}
