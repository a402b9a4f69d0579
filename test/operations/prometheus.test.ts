import { createSessions, type SessionEvent } from "coatcheck";
import { prometheusMetrics } from "coatcheck/prometheus";
import { breaker } from "coatcheck/resilience";
import { memoryStore } from "coatcheck/stores/memory";
import { Registry } from "prom-client";
import { describe, expect, onTestFinished, test } from "vitest";
import { eventCounters } from "../../src/operations/shared/event-counters.ts";
import type { SessionStore } from "../../src/types/store.ts";
import { Browser } from "../support/browser/visitor.ts";
import { scrape } from "../support/operations/scrape.ts";
import { conflict, traffic, type Visits } from "../support/operations/traffic.ts";
import { record } from "../support/stores/records.ts";
import { patient, storeUnderTest } from "../support/stores/stores.ts";

const sqlite = await storeUnderTest("SQLite");

async function watched(inner: SessionStore) {
  const registry = new Registry();
  const metrics = prometheusMetrics(registry);
  const options = { ...patient, pruneInterval: false, maxSessionsPerUser: 1 } as const;
  const events: SessionEvent[] = [];
  const store = metrics.store(inner);
  const manager = (observer = (_: SessionEvent): unknown => undefined) => {
    const sessions = createSessions<Visits>({ store, observer, ...options });
    onTestFinished(() => sessions.close());
    sessions.observe(metrics.observer);
    return sessions;
  };
  const sessions = manager((event) => events.push(event));
  return { registry, sessions, another: manager, events };
}

describe("prometheusMetrics()", () => {
  test("B172: counts every event under its own name, on a store of SQLite", async () => {
    const { registry, sessions, another, events } = await watched(await sqlite.make());
    await traffic(sessions);
    const before = await scrape(registry);
    for (const [type, { name }] of Object.entries(eventCounters)) {
      const own = before.filter((sample) => sample.name === `coatcheck_${name.replaceAll(".", "_")}_total`);
      const counted = own.reduce((sum, { value }) => sum + value, 0);
      const told = events.filter((event) => event.type === type);
      expect([type, counted]).toEqual([type, type === "pruned" ? 0 : told.length]);
      for (const { labels } of own) expect(labels.manager).toBe("session");
    }
    const types = events.map(({ type }) => type);
    expect(types).toEqual(
      expect.arrayContaining(["opened", "created", "committed", "login", "refused", "evicted", "destroyed", "rotated"]),
    );
    await conflict(sessions, another());
    const after = await scrape(registry);
    expect(after.find(({ name }) => name === "coatcheck_conflicts_total")).toMatchObject({ value: 1 });
    const rounds = after.find(({ name }) => name === "coatcheck_commit_attempts_sum");
    const commits = after.find(({ name }) => name === "coatcheck_commit_attempts_count");
    expect(rounds?.value).toBe((commits?.value ?? 0) + 1);
  });

  test("B172: tells why tokens were refused and by what sessions were evicted", async () => {
    const { registry, sessions } = await watched(memoryStore());
    await traffic(sessions);
    const samples = await scrape(registry);
    const labelsOf = (metric: string) => samples.filter(({ name }) => name === metric).map(({ labels }) => labels);
    expect(labelsOf("coatcheck_tokens_refused_total")).toEqual([
      { manager: "session", reason: "unknown", anomaly: "false" },
      { manager: "session", reason: "wrong-secret", anomaly: "false" },
    ]);
    expect(labelsOf("coatcheck_sessions_evicted_total")).toEqual([{ manager: "session", by: "user-limit" }]);
  });

  test("B172: counts the store's failures by operation and code, and measures what operations take", async () => {
    const down = { ...memoryStore(), read: () => Promise.reject(new Error("connection refused")) };
    const { registry, sessions } = await watched(down);
    const browser = new Browser(sessions);
    await browser.visit((session) => session.set("n", 1));
    expect((await browser.visit((session) => session.get("n"))).status).toBe(503);
    const samples = await scrape(registry);
    expect(samples.filter(({ name }) => name === "coatcheck_store_errors_total")).toMatchObject([
      { labels: { manager: "session", operation: "read", code: "STORE_UNAVAILABLE" }, value: 1 },
    ]);
    const counted = samples.filter(({ name }) => name === "coatcheck_store_operation_seconds_count");
    expect(counted.map(({ labels, value }) => [labels, value])).toEqual([
      [{ store: "memory", operation: "create", outcome: "ok" }, 1],
      [{ store: "memory", operation: "read", outcome: "failed" }, 1],
    ]);
  });

  test("B172: tells which state a breaker is in", async () => {
    const registry = new Registry();
    const { breaker: onChange, store } = prometheusMetrics(registry);
    const fail = () => {
      throw new Error("connection refused");
    };
    const guarded = breaker(store({ ...memoryStore(), read: fail }), { failures: 1, onChange });
    const stateOf = async () => {
      const samples = (await scrape(registry)).filter(({ name }) => name === "coatcheck_breaker_state");
      return Object.fromEntries(samples.map(({ labels, value }) => [`${labels.store} ${labels.state}`, value]));
    };
    expect(await stateOf()).toEqual({ "memory closed": 1, "memory half-open": 0, "memory open": 0 });
    expect(() => guarded.read(record(), 0)).toThrow("connection refused");
    expect(await stateOf()).toEqual({ "memory closed": 0, "memory half-open": 0, "memory open": 1 });
  });

  test("B172: no label holds an id, a user or a token", async () => {
    const { registry, sessions, events } = await watched(await sqlite.make());
    await traffic(sessions);
    const page = await registry.metrics();
    const ids = events.flatMap((event) => ("id" in event && event.id !== undefined ? [event.id] : []));
    expect(ids.length).toBeGreaterThan(5);
    for (const secret of [...ids, "ann"]) expect(page).not.toContain(secret);
  });

  test("B172: what is rare has a value before it happens, so that the first time is a rise", async () => {
    const { registry, sessions } = await watched(memoryStore());
    await new Browser(sessions).visit((session) => session.set("n", 1));
    const samples = await scrape(registry);
    expect(samples).toContainEqual({ name: "coatcheck_tokens_reused_total", labels: { manager: "session" }, value: 0 });
  });
});
