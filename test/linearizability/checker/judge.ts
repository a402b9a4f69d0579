import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordModel } from "../models/record-model.ts";
import { sessionModel } from "../models/session-model.ts";
import type { Model, Operation } from "../workload/history.ts";
import type { Recording } from "../workload/run.ts";
import { check } from "./checker.ts";
import { report } from "./report.ts";

export interface Tally {
  readonly answered: number;
  readonly failed: number;
  readonly unknown: number;
}

/** Checks each record and each session by itself, which is as good as all together, and counts. @throws Error with a report of the first that is not linearizable */
export function judge({ records, sessions }: Recording): Tally {
  const tallies = [judgeAll(recordModel, records), judgeAll(sessionModel, sessions)];
  const sum = (key: keyof Tally) => tallies.reduce((total, tally) => total + tally[key], 0);
  return { answered: sum("answered"), failed: sum("failed"), unknown: sum("unknown") };
}

function judgeAll<State, Input, Output>(
  model: Model<State, Input, Output>,
  histories: ReadonlyMap<string, readonly Operation<Input, Output>[]>,
): Tally {
  const tally = { answered: 0, failed: 0, unknown: 0 };
  for (const [object, history] of histories) {
    for (const { outcome } of history) tally[outcome.is]++;
    const verdict = check(model, history);
    if (!verdict.linearizable) throw new Error(`${object}: ${report(model, verdict.refutation)}\n${kept(history)}`);
  }
  return tally;
}

/** Keeps a history for whoever has to find out what went wrong. */
function kept(history: readonly unknown[]): string {
  const path = join(mkdtempSync(join(tmpdir(), "coatcheck-history-")), "history.json");
  writeFileSync(path, JSON.stringify(history));
  return `The whole history is in ${path}`;
}
