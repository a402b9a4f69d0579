import { median } from "../measure/statistics.ts";
import type { StoreSettings } from "./settings.ts";
import { type Operation, operations, perform, type Subject } from "./subject.ts";
import { perSecond } from "./throughput.ts";

export interface OperationRow {
  readonly operation: Operation;
  /** Operations per second, median of the rounds, in the order of the subjects. */
  readonly rates: readonly number[];
  /** Ours over the peer's in the same round, median; undefined without a peer. */
  readonly ratio: number | undefined;
}

/** Measures all operations of subjects in turns, so that a machine that gets slower favours no subject. */
export async function measureOperations(
  subjects: readonly Subject[],
  { rounds, concurrency, sessions, slice }: StoreSettings,
): Promise<OperationRow[]> {
  for (const subject of subjects) {
    for (let made = 0; made < sessions; made += concurrency) {
      await Promise.all(Array.from({ length: concurrency }, () => subject.createSignedIn()));
    }
  }
  const rates = new Map(operations.map((operation) => [operation, subjects.map((): number[] => [])]));
  // The first round warms up.
  for (let round = -1; round < rounds; round++) {
    for (const operation of operations) {
      for (const [index, subject] of subjects.entries()) {
        const rate = await perSecond(concurrency, slice, (worker, turn) =>
          // A worker keeps to sessions of its own, so that no session is replaced twice at once.
          perform(subject, operation, (worker + turn * concurrency) % (sessions - (sessions % concurrency))),
        );
        if (round >= 0) rates.get(operation)![index]!.push(rate);
      }
    }
  }
  return operations.map((operation) => {
    const [own, peers] = rates.get(operation)!;
    const ratio = peers && median(own!.map((rate, round) => rate / peers[round]!));
    return { operation, rates: rates.get(operation)!.map(median), ratio };
  });
}
