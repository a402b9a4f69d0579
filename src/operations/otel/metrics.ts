import type { Meter } from "@opentelemetry/api";
import type { Observer } from "../../types/events.ts";
import { attemptsBuckets, secondsBuckets } from "../shared/buckets.ts";
import { counterList, countOf } from "../shared/event-counters.ts";
import type { StoreTimingListener } from "../shared/timing.ts";
import { operationAttributes, outcomeAttributes } from "./attributes.ts";

/** Counts every event. */
export function eventMetrics(meter: Meter): Observer {
  const counters = new Map(
    counterList.map(({ name, help }) => [name, meter.createCounter(`coatcheck.${name}`, { description: help })]),
  );
  const attempts = meter.createHistogram("coatcheck.commit.attempts", {
    description: "Rounds of compare-and-set that a commit took",
    unit: "{attempt}",
    advice: { explicitBucketBoundaries: [...attemptsBuckets] },
  });
  return (event) => {
    const manager = { "coatcheck.manager": event.name };
    const { name, labels, amount } = countOf(event);
    const own = Object.fromEntries(Object.entries(labels).map(([label, value]) => [`coatcheck.${label}`, value]));
    counters.get(name)?.add(amount, { ...manager, ...own });
    if (event.type === "committed") attempts.record(event.attempts, manager);
  };
}

/** Measures what store operations take. */
export function operationMetrics(meter: Meter): StoreTimingListener {
  const seconds = meter.createHistogram("db.client.operation.duration", {
    description: "Duration of database client operations.",
    unit: "s",
    advice: { explicitBucketBoundaries: [...secondsBuckets] },
  });
  return ({ store, operation, outcome, milliseconds, error }) =>
    seconds.record(milliseconds / 1_000, {
      ...operationAttributes(store, operation),
      ...outcomeAttributes(outcome, error),
    });
}
