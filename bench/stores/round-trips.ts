import type { Relay } from "./relay.ts";
import { type Operation, operations, perform, type Subject } from "./subject.ts";

export type RoundTrips = Readonly<Record<Operation, number>>;

/** Server round trips of one operation, the most that was seen of some. The subject's store is empty. */
export async function countRoundTrips(subject: Subject, relay: Relay): Promise<RoundTrips> {
  for (let session = 0; session < 10; session++) await subject.createSignedIn();
  const most: Partial<Record<Operation, number>> = {};
  // The first times prepare statements and load scripts.
  for (let session = 0; session < 10; session++) {
    for (const operation of operations) {
      relay.take();
      await perform(subject, operation, session);
      const turns = relay.take();
      if (session >= 5) most[operation] = Math.max(most[operation] ?? 0, turns);
    }
  }
  return most as RoundTrips;
}
