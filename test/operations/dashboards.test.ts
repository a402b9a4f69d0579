import { readFileSync } from "node:fs";
import { createSessions } from "coatcheck";
import { prometheusMetrics } from "coatcheck/prometheus";
import { breaker } from "coatcheck/resilience";
import { Registry } from "prom-client";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { labelsIn, parseQuery } from "../support/operations/promql.ts";
import { type Sample, scrape } from "../support/operations/scrape.ts";
import { conflict, traffic, type Visits } from "../support/operations/traffic.ts";
import { spyOn } from "../support/stores/spy.ts";
import { patient, storeUnderTest } from "../support/stores/stores.ts";

interface Use {
  readonly title: string;
  readonly expr: string;
  /** Texts that name labels of the result. */
  readonly texts: readonly string[];
}

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const page = (name: string): string => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");
const { panels } = JSON.parse(page("operations/grafana.json")) as { panels: Panel[] };
const alerts = parse(page("operations/alerts.yml")) as { groups: { rules: Rule[] }[] };
const documented = page("events.md") + page("operations/watching.md");

const shown: Use[] = panels.flatMap(({ title, targets }) =>
  targets.map(({ expr, legendFormat }) => ({ title: `${title}: ${legendFormat}`, expr, texts: [legendFormat] })),
);
const alerted: Use[] = alerts.groups.flatMap(({ rules }) =>
  rules.map(({ alert, expr, annotations }) => ({ title: alert, expr, texts: Object.values(annotations) })),
);

const sqlite = await storeUnderTest("SQLite");
let samples: Sample[];

/** What Prometheus reads from an application on SQLite to which everything has happened that is counted. */
beforeAll(async () => {
  const registry = new Registry();
  const metrics = prometheusMetrics(registry);
  const inner = spyOn(await sqlite.make());
  const listeners: ((code: "MISSING_INDEX", message: string) => void)[] = [];
  const onWarning = (listener: (typeof listeners)[0]) => void listeners.push(listener);
  const store = breaker(metrics.store({ ...inner, onWarning }), { onChange: metrics.breaker });
  const managers = [1, 2].map(() => {
    const observer = () => undefined;
    const options = { ...patient, pruneInterval: false, maxSessionsPerUser: 1, observer } as const;
    const sessions = createSessions<Visits>({ store, ...options });
    sessions.observe(metrics.observer);
    return sessions;
  });
  const [one, two] = managers as [(typeof managers)[0], (typeof managers)[0]];
  await traffic(one);
  await conflict(one, two);
  inner.fail("read", "before");
  await expect(one.find("AAAAAAAAAAAAAAAAAAAAAA")).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  for (const warn of listeners) warn("MISSING_INDEX", "found at the first use");
  samples = await scrape(registry);
  return async () => {
    for (const sessions of managers) await sessions.close();
  };
});

/** The labels that samples of a metric have. */
const labelsOf = (metric: string): string[] => [
  ...new Set(samples.filter(({ name }) => name === metric).flatMap(({ labels }) => Object.keys(labels))),
];

describe.each([
  ["docs/operations/grafana.json", shown],
  ["docs/operations/alerts.yml", alerted],
])("%s", (_, uses) => {
  test.each(uses)("B178: asks for metrics and labels that an application has: $title", ({ expr, texts }) => {
    const { metrics, labels, values } = parseQuery(expr);
    expect(metrics).not.toEqual([]);
    for (const metric of metrics) expect(labelsOf(metric)).not.toEqual([]);
    const known = metrics.flatMap(labelsOf);
    expect(labels.filter((label) => !known.includes(label))).toEqual([]);
    expect(texts.flatMap(labelsIn).filter((label) => !labels.includes(label))).toEqual([]);
    for (const [label, value] of values) {
      const isSeen = samples.some(({ name, labels }) => metrics.includes(name) && labels[label] === value);
      // What did not happen here is at least documented.
      if (!isSeen) expect(documented).toContain(`\`${value}\``);
    }
  });
});

/** The metric that a sample is of. */
const baseOf = (name: string): string => name.replace(/_(?:bucket|sum|count)$/, "");

test("B178: the dashboard shows every metric that there is", () => {
  const all = new Set(samples.map(({ name }) => baseOf(name)));
  const used = new Set(shown.flatMap(({ expr }) => parseQuery(expr).metrics.map(baseOf)));
  expect([...used].toSorted()).toEqual([...all].toSorted());
});

test("B178: the pages list every metric with its labels", () => {
  const text = page("operations/watching.md");
  for (const { name, labels } of samples) {
    const base = baseOf(name);
    const row = text.split("\n").find((line) => line.startsWith(`| \`${base}\``));
    expect([base, row]).toEqual([base, expect.any(String)]);
    for (const label of Object.keys(labels)) {
      if (label !== "manager" && label !== "le") expect(row).toContain(`\`${label}\``);
    }
  }
});
