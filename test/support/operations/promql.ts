/** What a PromQL expression speaks of. */
export interface Query {
  readonly metrics: readonly string[];
  /** Labels that it selects or groups by. */
  readonly labels: readonly string[];
  /** The values that it compares a label with. Not those that a dashboard's variable stands for. */
  readonly values: readonly (readonly [label: string, value: string])[];
}

export function parseQuery(text: string): Query {
  const matchers = [...text.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g)];
  const groups = [...text.matchAll(/\b(?:by|without|on)\s*\(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(","));
  const metrics = [...text.matchAll(/\bcoatcheck_\w+/g)].map(([name]) => name);
  return {
    metrics: [...new Set(metrics)],
    labels: [...new Set([...matchers.map(([, label = ""]) => label), ...groups.map((label) => label.trim())])],
    values: matchers.flatMap(([, label = "", pattern = ""]) =>
      pattern.startsWith("$") ? [] : pattern.split("|").map((value) => [label, value] as const),
    ),
  };
}

/** The labels that a text puts in, as `{{reason}}` or `{{ $labels.reason }}`. */
export const labelsIn = (text: string): string[] =>
  [...text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(([, label = ""]) => label);
