import { isDeepStrictEqual } from "node:util";
import type { SessionStore, StoredRecord } from "../../../../src/types/store.ts";
import { type Plain, plainStore } from "../plain.ts";

export interface Act {
  readonly title: string;
  run(store: Plain): unknown;
}

/** One act as it was seen from outside. Times are any numbers that grow. */
export interface Event {
  readonly act: Act;
  readonly invoked: number;
  /** Absent where whoever did it was killed: it happened or not. */
  readonly answer?: { readonly at: number; readonly value: unknown };
}

/** Whether there is an order, true to time, in which a plain store would have given every answer. */
export async function isExplained(
  records: ReadonlyMap<string, StoredRecord>,
  events: readonly Event[],
): Promise<boolean> {
  if (events.every(({ answer }) => !answer)) return true;
  const firstAnswer = Math.min(...events.map(({ answer }) => answer?.at ?? Number.POSITIVE_INFINITY));
  for (const event of events) {
    if (event.invoked > firstAnswer) continue;
    const next = new Map(records);
    const value = await event.act.run(plainStore(next));
    if (event.answer && !isDeepStrictEqual(value, event.answer.value)) continue;
    const others = events.filter((other) => other !== event);
    if (await isExplained(next, others)) return true;
  }
  return false;
}

export const asPlain = (store: SessionStore): Plain => store as Plain;
