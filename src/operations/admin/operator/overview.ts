import type { SessionPolicy } from "../../../types/sessions.ts";
import { refusalHelp } from "../../shared/refusal-help.ts";
import { type Html, html } from "../page/html.ts";
import { ago, timeElement } from "../page/times.ts";
import { chart } from "./chart.ts";
import type { History, Refusal } from "./history.ts";
import type { LiveCount } from "./live-count.ts";
import { policyView } from "./policy-view.ts";
import type { StoreWatch } from "./store-watch.ts";

const lang = "en";

export interface Overview {
  readonly live: LiveCount;
  /** Absent: this process is not the application. */
  readonly history: History | undefined;
  readonly watch: StoreWatch | undefined;
  readonly policy: SessionPolicy;
  readonly token: string;
  readonly now: number;
}

export function overviewView({ live, history, watch, policy, token, now }: Overview): Html {
  return html`<section class="card" aria-labelledby="live">
<h2 id="live">Live sessions</h2>
${liveView(live, now)}
${history && countsView(history, now)}
</section>
${
  history &&
  html`<section class="card" aria-labelledby="refused">
<h2 id="refused">Refused lately</h2>
${refusalsView(history.refusals, now)}
</section>`
}
${watch && storeView(watch)}
${history && policyView(policy)}
<section class="card" aria-labelledby="all">
<h2 id="all">End all sessions</h2>
<p>Signs everybody out, you too if your session is one of these. This cannot be undone.</p>
<form method="post" class="row"><input type="hidden" name="_csrf" value="${token}">
<label for="confirm">Type <strong>${policy.name}</strong> to confirm</label>
<input type="text" id="confirm" name="confirm" autocomplete="off" autocapitalize="off" spellcheck="false" required>
<button name="all" value="end">End all sessions</button></form>
</section>`;
}

function countsView({ hours, totals, since }: History, now: number): Html {
  const count = (type: keyof typeof totals): number => totals[type] ?? 0;
  return html`<h3>Created and ended, per hour</h3>
${chart(hours)}
<p class="soft">Seen by this process only, since it began to watch ${timeElement(since, ago(since, now, lang), lang)}. Sessions that expire are not among the ended ones: ${count("pruned")} of their records were deleted.</p>
<dl class="facts">
${fact("Sign-ins", count("login"))}${fact("Stored changes", count("committed"))}${fact("Conflicts, tried again", count("conflict"))}${fact("Refused tokens", count("refused"))}${fact("Stolen tokens (reuse)", count("reuse"))}${fact("Failures of the store", count("store-error"))}
</dl>`;
}

const fact = (name: string, value: Html | string | number): Html => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

function liveView(live: LiveCount, now: number): Html {
  if (live === "failed") return html`<p>They could not be counted: the store failed, or cannot count.</p>`;
  if (live === "counting") return html`<p>They are being counted. Load the page again in a moment.</p>`;
  const number = new Intl.NumberFormat(lang).format(live.count);
  return html`<p><strong class="big">${number}</strong> <span class="soft">counted ${timeElement(live.at, ago(live.at, now, lang), lang)}</span></p>`;
}

function refusalsView(refusals: readonly Refusal[], now: number): Html {
  if (refusals.length === 0) return html`<p class="soft">No token was refused by this process.</p>`;
  return html`<div class="wide" role="region" aria-label="Refused tokens" tabindex="0"><table>
<thead><tr><th scope="col">When</th><th scope="col">Why</th><th scope="col">Session</th></tr></thead>
<tbody>${refusals.map(({ at, reason, id, anomaly }) => html`<tr><td>${timeElement(at, ago(at, now, lang), lang)}</td><td>${reason}: ${refusalHelp[reason].cause}${anomaly && html` <span class="badge warn">Perhaps stolen</span>`}</td><td>${id !== undefined && html`<code>${id}</code>`}</td></tr>`)}</tbody>
</table></div>`;
}

const inMilliseconds = (value: number): string => `${value < 10 ? value.toFixed(2) : Math.round(value)} ms`;

function storeView(watch: StoreWatch): Html {
  const latencies = watch.latencies();
  return html`<section class="card" aria-labelledby="store">
<h2 id="store">Store</h2>
${watch.breakers().map(({ store, state }) => html`<p>The breaker of <strong>${store}</strong> is <span class="badge${state !== "closed" && html` warn`}">${state}</span></p>`)}
${latencies.length === 0 && html`<p class="soft">No operation was measured yet.</p>`}
${
  latencies.length > 0 &&
  html`<div class="wide" role="region" aria-label="Operations of the store" tabindex="0"><table>
<thead><tr><th scope="col">Operation</th><th scope="col">Calls</th><th scope="col">Failed</th><th scope="col">Half within</th><th scope="col">99 % within</th></tr></thead>
<tbody>${latencies.map(({ operation, count, failed, median, slow }) => html`<tr><th scope="row">${operation}</th><td>${count}</td><td>${failed}</td><td>${inMilliseconds(median)}</td><td>${inMilliseconds(slow)}</td></tr>`)}</tbody>
</table></div>`
}
</section>`;
}
