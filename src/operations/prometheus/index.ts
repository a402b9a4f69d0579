import {
  Counter,
  Gauge,
  Histogram,
  type OpenMetricsContentType,
  type PrometheusContentType,
  type Registry,
} from "prom-client";
import type { SessionEvent } from "../../types/events.ts";
import type { BreakerChange } from "../shared/breaker-change.ts";
import { attemptsBuckets, secondsBuckets } from "../shared/buckets.ts";
import { counterList, countOf } from "../shared/event-counters.ts";
import type { Instrument } from "../shared/instrument.ts";
import { type StoreTiming, timing } from "../shared/timing.ts";
import { wrapStore } from "../shared/wrap-store.ts";

export type { BreakerChange, BreakerState } from "../shared/breaker-change.ts";
export type { Instrument } from "../shared/instrument.ts";

/** What `prometheusMetrics()` returns: an observer, a wrapper for stores, and what a breaker tells of its state. */
export interface PrometheusMetrics extends Instrument {
  /** Keeps the state of a breaker: give it to `breaker()` of `coatcheck/resilience` as `onChange`. */
  readonly breaker: (change: BreakerChange) => void;
}

const states: readonly BreakerChange["state"][] = ["closed", "half-open", "open"];

type AnyRegistry = Registry<PrometheusContentType> | Registry<OpenMetricsContentType>;

/**
 * Counts events and measures store operations on a registry of prom-client. Call it once for a registry; what it returns
 * serves any number of managers and stores. No label holds an id.
 *
 * @example
 * const metrics = prometheusMetrics(register);
 * const sessions = createSessions({ store: metrics.store(postgresStore({ url })) });
 * sessions.observe(metrics.observer);
 */
export function prometheusMetrics(registry: AnyRegistry): PrometheusMetrics {
  const registers = [registry];
  const counters = new Map(
    counterList.map(({ name, help, labels }) => {
      const labelNames = ["manager", ...Object.keys(labels)];
      return [name, new Counter({ name: `coatcheck_${inSnakeCase(name)}_total`, help, labelNames, registers })];
    }),
  );
  const attempts = new Histogram({
    name: "coatcheck_commit_attempts",
    help: "Rounds of compare-and-set that a commit took",
    labelNames: ["manager"],
    buckets: [...attemptsBuckets],
    registers,
  });
  const seconds = new Histogram({
    name: "coatcheck_store_operation_seconds",
    help: "What operations of the store took",
    labelNames: ["store", "operation", "outcome"],
    buckets: [...secondsBuckets],
    registers,
  });
  const breakers = new Gauge({
    name: "coatcheck_breaker_state",
    help: "1 for the state that the breaker is in, 0 for the others",
    labelNames: ["store", "state"],
    registers,
  });
  const begin = firstEvents((manager) => {
    for (const { name, labels } of counterList) {
      // What appears with its first event has no rate before the second one.
      if (Object.keys(labels).length === 0) counters.get(name)?.inc({ manager }, 0);
    }
  });
  return {
    observer(event) {
      begin(event.name);
      const { name, labels, amount } = countOf(event);
      counters.get(name)?.inc({ manager: event.name, ...labels }, amount);
      if (event.type === "committed") attempts.observe({ manager: event.name }, event.attempts);
    },
    store(store) {
      const record = ({ store, operation, outcome, milliseconds }: StoreTiming): void =>
        seconds.observe({ store, operation, outcome }, milliseconds / 1_000);
      return wrapStore(store, "prometheusMetrics().store()", timing(store?.name, record));
    },
    breaker({ store, state }) {
      for (const one of states) breakers.set({ store, state: one }, one === state ? 1 : 0);
    },
  };
}

const inSnakeCase = (name: string): string => name.replaceAll(".", "_");

/** Calls `run` before the first event of each manager. */
function firstEvents(run: (manager: SessionEvent["name"]) => void): (manager: string) => void {
  const known = new Set<string>();
  return (manager) => {
    if (known.has(manager)) return;
    known.add(manager);
    run(manager);
  };
}
