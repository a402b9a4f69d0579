import { type Html, html } from "../page/html.ts";
import type { Hour } from "./history.ts";

const HEIGHT = 100;
const WIDTH = 30;

const clock = (at: number): string => new Date(at).toISOString().slice(11, 16);

/** Two bars for each hour: sessions that began, and sessions that were ended. The table says the same. */
export function chart(hours: readonly Hour[]): Html {
  const most = Math.max(1, ...hours.flatMap(({ created, ended }) => [created, ended]));
  const [created, ended] = [sum(hours, "created"), sum(hours, "ended")];
  const bar = (count: number, x: number, kind: string): Html => {
    const height = Math.round((count / most) * HEIGHT);
    return html`<rect class="${kind}" x="${x}" y="${HEIGHT - height}" width="11" height="${height}" rx="2"></rect>`;
  };
  const label = `Sessions per hour of the last ${hours.length} hours: ${created} created, ${ended} ended, at most ${most} in one hour.`;
  return html`<figure>
<div class="wide" role="region" aria-label="Chart" tabindex="0"><svg viewBox="0 -14 ${hours.length * WIDTH} ${HEIGHT + 34}" role="img" aria-label="${label}">
<text x="0" y="-4">${most}</text>
<line x1="0" y1="${HEIGHT}" x2="${hours.length * WIDTH}" y2="${HEIGHT}"></line>
${hours.map((hour, at) => html`${bar(hour.created, at * WIDTH + 3, "created")}${bar(hour.ended, at * WIDTH + 15, "ended")}${at % 4 === 3 && html`<text x="${at * WIDTH + 15}" y="${HEIGHT + 16}" text-anchor="middle">${clock(hour.at)}</text>`}`)}
</svg></div>
<figcaption><span class="key created">Created: ${created}</span> <span class="key ended">Ended: ${ended}</span></figcaption>
<details><summary>The same as a table</summary>
<div class="wide"><table><thead><tr><th scope="col">From (UTC)</th><th scope="col">Created</th><th scope="col">Ended</th></tr></thead>
<tbody>${hours.filter(isBusy).map(({ at, created, ended }) => html`<tr><th scope="row">${clock(at)}</th><td>${created}</td><td>${ended}</td></tr>`)}</tbody></table></div>
</details>
</figure>`;
}

const sum = (hours: readonly Hour[], kind: "created" | "ended"): number =>
  hours.reduce((total, hour) => total + hour[kind], 0);
const isBusy = ({ created, ended }: Hour): boolean => created + ended > 0;
