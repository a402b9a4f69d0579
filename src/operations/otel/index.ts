import { type MeterProvider, metrics, type TracerProvider, trace } from "@opentelemetry/api";
import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import type { Instrument } from "../shared/instrument.ts";
import { timing } from "../shared/timing.ts";
import { wrapStore } from "../shared/wrap-store.ts";
import { eventMetrics, operationMetrics } from "./metrics.ts";
import { spans } from "./spans.ts";

export type { Instrument } from "../shared/instrument.ts";

/** Options of `openTelemetry()`. */
export interface OpenTelemetryOptions {
  /** Where spans go. @default the global one */
  readonly tracerProvider?: TracerProvider | undefined;
  /** Where metrics go. @default the global one */
  readonly meterProvider?: MeterProvider | undefined;
  /** Whether spans have `session.id`, which opens nothing but tells one visitor's requests from another's. @default false */
  readonly sessionIds?: boolean | undefined;
}

const known: Known<OpenTelemetryOptions> = { tracerProvider: true, meterProvider: true, sessionIds: true };

/**
 * Counts events, measures store operations and makes a span of each, with the names of the semantic conventions. Register
 * your providers first: meters that are made before measure nothing.
 *
 * @example
 * const telemetry = openTelemetry();
 * const sessions = createSessions({ store: telemetry.store(postgresStore({ url })) });
 * sessions.observe(telemetry.observer);
 *
 * @throws SessionError INVALID_OPTION
 */
export function openTelemetry(options: OpenTelemetryOptions = {}): Instrument {
  checkKeys(options, known, "openTelemetry()");
  const meter = (options.meterProvider ?? metrics.getMeterProvider()).getMeter("coatcheck");
  const tracer = (options.tracerProvider ?? trace.getTracerProvider()).getTracer("coatcheck");
  const measure = operationMetrics(meter);
  return {
    observer: eventMetrics(meter),
    store(store) {
      const timed = wrapStore(store, "openTelemetry().store()", timing(store?.name, measure));
      return wrapStore(timed, "openTelemetry().store()", spans(tracer, store.name, options.sessionIds ?? false));
    },
  };
}
