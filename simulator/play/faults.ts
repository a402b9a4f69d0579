import type { FaultStep } from "../plan/plan.ts";
import { fates } from "../world/network.ts";
import { placeOf } from "../world/server.ts";
import type { Stage } from "./stage.ts";

/** Lets something go wrong. */
export function fail(stage: Stage, step: FaultStep): void {
  const { world } = stage;
  const { scheduler, trace } = world;
  const process = "process" in step ? stage.process(step.process) : undefined;
  if ("process" in step && !process) return;
  if (step.kind !== "clock" && step.kind !== "evict") stage.hasTrouble = true;
  const later = (milliseconds: number, run: () => void): void => void scheduler.after(milliseconds, run);
  switch (step.kind) {
    case "call":
      trace.say("fault", `${wordOf(step)} of ${process?.name} ${fates[step.fate]}`);
      process?.addFate(step);
      break;
    case "rewind":
      world.rewind(step.changes);
      break;
    case "evict":
      evict(stage, step.client);
      break;
    case "kill":
      trace.say("fault", `${process?.name} is killed, and starts again after ${step.milliseconds} ms`);
      stage.kill(step.process);
      later(step.milliseconds, () => stage.restart(step.process));
      break;
    case "pause":
      trace.say("fault", `${process?.name} stops for ${step.milliseconds} ms`);
      process?.pause();
      later(step.milliseconds, () => process?.resume());
      break;
    case "clock":
      trace.say("fault", `the clock of ${process?.name} is set by ${step.milliseconds} ms`);
      if (process) process.clockOffset += step.milliseconds;
      break;
    case "full":
      trace.say("fault", `the disk is full for ${step.milliseconds} ms`);
      world.isFull = true;
      later(step.milliseconds, () => {
        world.isFull = false;
      });
      break;
    case "lag":
      trace.say("fault", `${process?.name} reads from a replica ${step.lag} ms behind, for ${step.milliseconds} ms`);
      if (process) process.lag = step.lag;
      later(step.milliseconds, () => {
        if (process) process.lag = 0;
      });
      break;
  }
}

function wordOf({ operation = "call", skip }: FaultStep & { readonly kind: "call" }): string {
  return skip === 0 ? `the next ${operation}` : `the next ${operation} but ${skip}`;
}

function evict(stage: Stage, index: number): void {
  const { world, oracle } = stage;
  const id = stage.client(index).token?.split(".")[0];
  if (id === undefined) return;
  world.trace.say("store", `evicts session ${world.trace.name(id)}`);
  world.table.change(world.moment, world.now, (records) => void records.delete(placeOf({ namespace: "session", id })));
  oracle.sessions.get(id)?.endings.push({ fact: oracle.now(), why: "its eviction" });
}
