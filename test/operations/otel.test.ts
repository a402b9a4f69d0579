import { AsyncLocalStorage } from "node:async_hooks";
import { type Context, type ContextManager, context, ROOT_CONTEXT, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-base";
import { createSessions } from "coatcheck";
import { type OpenTelemetryOptions, openTelemetry } from "coatcheck/otel";
import { memoryStore } from "coatcheck/stores/memory";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { SessionStore } from "../../src/types/store.ts";
import { Browser } from "../support/browser/visitor.ts";
import { traffic, type Visits } from "../support/operations/traffic.ts";
import { answeringLater } from "../support/stores/answering-later.ts";
import { record } from "../support/stores/records.ts";
import { patient, storeUnderTest } from "../support/stores/stores.ts";

const sqlite = await storeUnderTest("SQLite");

/** Keeps the active span across promises, as the SDK for Node does. */
class AsyncContext implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();

  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    run: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(active, () => run.apply(self, args));
  }
  bind<T>(_: Context, target: T): T {
    return target;
  }
  enable(): this {
    return this;
  }
  disable(): this {
    this.#storage.disable();
    return this;
  }
}

beforeAll(() => void context.setGlobalContextManager(new AsyncContext()));
afterAll(() => context.disable());

function telemetry(options: OpenTelemetryOptions = {}) {
  const finished = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(finished)] });
  const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3_600_000 });
  const meterProvider = new MeterProvider({ readers: [reader] });
  onTestFinished(async () => {
    await meterProvider.shutdown();
    await tracerProvider.shutdown();
  });
  const instrument = openTelemetry({ tracerProvider, meterProvider, ...options });
  const metrics = async () => {
    await meterProvider.forceFlush();
    const scopes = measured.getMetrics().at(-1)?.scopeMetrics ?? [];
    return new Map(scopes.flatMap(({ metrics }) => metrics.map((metric) => [metric.descriptor.name, metric])));
  };
  const manager = (store: SessionStore) => {
    const options = { ...patient, pruneInterval: false, maxSessionsPerUser: 1, observer: () => undefined } as const;
    const sessions = createSessions<Visits>({ store: instrument.store(store), ...options });
    onTestFinished(() => sessions.close());
    sessions.observe(instrument.observer);
    return sessions;
  };
  return {
    instrument,
    manager,
    metrics,
    tracer: tracerProvider.getTracer("test"),
    spans: () => finished.getFinishedSpans(),
  };
}

describe("openTelemetry()", () => {
  test("B173: counts events and measures store operations by the names of the semantic conventions", async () => {
    const { manager, metrics } = telemetry();
    await traffic(manager(await sqlite.make()));
    const found = await metrics();
    const pointsOf = (name: string) => found.get(name)?.dataPoints.map(({ attributes, value }) => [attributes, value]);
    expect(pointsOf("coatcheck.logins")).toEqual([[{ "coatcheck.manager": "session" }, 2]]);
    expect(pointsOf("coatcheck.tokens.refused")).toEqual([
      [{ "coatcheck.manager": "session", "coatcheck.reason": "unknown", "coatcheck.anomaly": "false" }, 1],
      [{ "coatcheck.manager": "session", "coatcheck.reason": "wrong-secret", "coatcheck.anomaly": "false" }, 1],
    ]);
    const duration = found.get("db.client.operation.duration");
    expect(duration?.descriptor).toMatchObject({ unit: "s", type: "HISTOGRAM" });
    const read = { "db.system.name": "sqlite", "db.operation.name": "read", "coatcheck.store.outcome": "ok" };
    const attributes = duration?.dataPoints.map((point) => point.attributes);
    expect(attributes).toContainEqual(read);
    expect(attributes).toContainEqual({ ...read, "coatcheck.store.outcome": "missing" });
    expect(found.get("coatcheck.commit.attempts")?.descriptor.unit).toBe("{attempt}");
  });

  test.each([
    ["at once", memoryStore],
    ["later", () => answeringLater(memoryStore())],
  ])("B173: each operation of a store that answers %s is a span, a child of the active one", async (_, make) => {
    const { manager, tracer, spans } = telemetry();
    const browser = new Browser(manager(make()));
    await browser.visit((session) => session.set("n", 1));
    const parent = await tracer.startActiveSpan("GET /", async (span) => {
      await browser.visit((session) => session.set("n", 2));
      span.end();
      return span.spanContext().spanId;
    });
    const children = spans().filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent);
    expect(children.map(({ name, kind }) => [name, kind])).toEqual([
      ["read session", SpanKind.CLIENT],
      ["replace session", SpanKind.CLIENT],
    ]);
    expect(children[1]?.attributes).toEqual({
      "db.system.name": "memory",
      "db.operation.name": "replace",
      "coatcheck.store.outcome": "ok",
    });
  });

  test("B173: what the database's client does is below the operation's span", async () => {
    const { instrument, tracer, spans } = telemetry();
    const store = instrument.store({
      ...memoryStore(),
      read: async () => {
        tracer.startSpan("SELECT").end();
        return undefined;
      },
    });
    await store.read(record(), 0);
    const [inner, outer] = spans();
    expect(inner?.parentSpanContext?.spanId).toBe(outer?.spanContext().spanId);
  });

  test("B173: a failure is the span's error, and its code is error.type", async () => {
    const { instrument, spans, metrics } = telemetry();
    const error = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    const store = instrument.store({ ...memoryStore(), read: () => Promise.reject(error) });
    await expect(store.read(record(), 0)).rejects.toBe(error);
    const [span] = spans();
    expect(span?.status).toEqual({ code: SpanStatusCode.ERROR, message: "refused" });
    expect(span?.attributes).toMatchObject({ "error.type": "ECONNREFUSED", "coatcheck.store.outcome": "failed" });
    const duration = (await metrics()).get("db.client.operation.duration");
    expect(duration?.dataPoints[0]?.attributes).toMatchObject({ "error.type": "ECONNREFUSED" });
  });

  test("B173: session.id is on spans only if the application asks for it, and never on metrics", async () => {
    const one = record();
    for (const sessionIds of [false, true]) {
      const { instrument, spans, metrics } = telemetry({ sessionIds });
      await instrument.store(memoryStore()).create(one, Date.now());
      expect(spans()[0]?.attributes["session.id"]).toBe(sessionIds ? one.id : undefined);
      for (const { dataPoints } of (await metrics()).values()) {
        expect(JSON.stringify(dataPoints.map(({ attributes }) => attributes))).not.toContain(one.id);
      }
    }
  });
});
