import { type Html, html } from "../page/html.ts";
import { ago, dateText, timeElement } from "../page/times.ts";
import { fill, fillText } from "../page/words.ts";
import type { DeviceList, ListedDevice } from "./devices.ts";
import type { DevicesWords } from "./words.ts";

export interface View extends DeviceList {
  readonly note: string | undefined;
  /** Of `csrf()`. */
  readonly token: string;
  readonly words: DevicesWords;
  readonly lang: string;
  readonly now: number;
}

/** The list, in one form: a button says which session it ends. */
export function devicesView(view: View): Html {
  const { own, others, cursor, isFirst, note, token, words } = view;
  return html`<div class="hero">
<h1>${words.title}</h1>
<p class="lead">${words.lead}</p>
</div>
${note !== undefined && html`<p class="note" role="status">${note}</p>`}
<form method="post" class="card">
<input type="hidden" name="_csrf" value="${token}">
<ul class="list">${entry(own, view, true)}</ul>
<h2>${words.others}</h2>
${others.length === 0 && isFirst && cursor === undefined && html`<p class="soft">${words.noOthers}</p>`}
<ul class="list">${others.map((device) => entry(device, view, false))}</ul>
${(cursor !== undefined || !isFirst) && html`<p class="row">${!isFirst && html`<a href="?">${words.first}</a>`}${cursor !== undefined && html`<a href="?cursor=${encodeURIComponent(cursor)}">${words.more}</a>`}</p>`}
${(others.length > 0 || cursor !== undefined || !isFirst) && html`<div class="row"><button class="primary" name="end" value="others">${words.signOutOthers}</button></div>`}
</form>`;
}

function entry(device: ListedDevice, { words, lang, now }: View, isThis: boolean): Html {
  const label = device.label ?? words.unknownDevice;
  const when = ago(device.lastSeenAt, now, lang);
  const seen = fill(words.lastSeen, { when: timeElement(device.lastSeenAt, when, lang) });
  const since = fill(words.since, {
    date: timeElement(device.signedInAt, dateText(device.signedInAt, lang), lang),
  });
  const name = fillText(words.signOutOne, { device: label, when });
  return html`<li>
<div><strong><bdi>${label}</bdi></strong>${isThis && html` <span class="badge">${words.thisDevice}</span>`}
<p>${seen}, ${since}</p></div>
<button name="end" value="${device.id}"${!isThis && html` aria-label="${name}"`}>${words.signOut}</button>
</li>`;
}
