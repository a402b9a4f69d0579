import type { SessionPolicy } from "../../../types/sessions.ts";
import { type Html, html } from "../page/html.ts";
import { adviceFor } from "./policy-advice.ts";

const units = [
  ["millisecond", 1],
  ["second", 1_000],
  ["minute", 60_000],
  ["hour", 3_600_000],
  ["day", 86_400_000],
] as const;

const durations: ReadonlySet<string> = new Set<keyof SessionPolicy>([
  "idleTimeout",
  "absoluteTimeout",
  "touchInterval",
  "rotateAfter",
  "rotationGrace",
  "probation",
  "storeTimeout",
  "commitTimeout",
]);

/** The largest unit that says it exactly. */
function spell(milliseconds: number): string {
  const [unit, size] = units.findLast(([, size]) => milliseconds % size === 0 && milliseconds >= size) ?? units[0];
  return new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "long" }).format(milliseconds / size);
}

function valueText(name: string, value: unknown): string {
  if (value === undefined) return "none";
  return durations.has(name) && typeof value === "number" ? spell(value) : String(value);
}

/** The settings in force, and a warning for each that is weaker than a recommendation. */
export function policyView(policy: SessionPolicy): Html {
  const advice = adviceFor(policy);
  return html`<section class="card" aria-labelledby="policy">
<h2 id="policy">Policy in force</h2>
${advice.length > 0 && html`<ul class="advice">${advice.map(({ setting, text }) => html`<li><strong>${setting}</strong>: ${text}</li>`)}</ul>`}
${advice.length === 0 && html`<p>No setting is weaker than OWASP and NIST recommend.</p>`}
<dl class="facts">${Object.entries(policy).map(([name, value]) => html`<div><dt>${name}</dt><dd>${valueText(name, value)}</dd></div>`)}</dl>
</section>`;
}
