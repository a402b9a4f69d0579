import { visible } from "../../../core/language/visible.ts";
import type { SessionInfo } from "../../../types/administration.ts";
import { type Html, html } from "../page/html.ts";
import { ago, dateText, timeElement } from "../page/times.ts";
import type { Found } from "./search.ts";

const lang = "en";

/** What is put into a field comes back as it was, also where it has line breaks. */
const fieldOf = (text: string): string => encodeURIComponent(text);

const linkTo = (text: string): string => `?q=${encodeURIComponent(text)}`;

const userLink = (userId: string): Html => html`<a href="${linkTo(userId)}"><bdi>${visible(userId)}</bdi></a>`;

/** What a search has found. */
export function foundView(found: Found, token: string, now: number): Html {
  const { text, session, ofUser, cursor, isFirst } = found;
  const name = html`<bdi>${visible(text.slice(0, 300))}</bdi>`;
  if (session === undefined && ofUser.length === 0 && isFirst && cursor === undefined) {
    return html`<section class="card"><h2>Nothing found</h2><p>No live session has the id ${name}, and no user of this id is signed in. Both are looked for exactly as they are written.</p></section>`;
  }
  return html`${session && html`<section class="card" aria-labelledby="session"><h2 id="session">Session</h2><ul class="list">${entry(session, token, now)}</ul></section>`}
${(ofUser.length > 0 || cursor !== undefined || !isFirst) && ofUserView(found, name, token, now)}`;
}

function ofUserView({ text, ofUser, cursor, isFirst }: Found, name: Html, token: string, now: number): Html {
  return html`<section class="card" aria-labelledby="user">
<h2 id="user">Sessions of user ${name}</h2>
<ul class="list">${ofUser.map((info) => entry(info, token, now))}</ul>
${(cursor !== undefined || !isFirst) && html`<p class="row">${!isFirst && html`<a href="${linkTo(text)}">Back to the first</a>`}${cursor !== undefined && html`<a href="${linkTo(text)}&amp;cursor=${encodeURIComponent(cursor)}">More sessions</a>`}</p>`}
<form method="post"><input type="hidden" name="_csrf" value="${token}"><button class="primary" name="user" value="${fieldOf(text)}">End all sessions of this user</button></form>
</section>`;
}

function entry(info: SessionInfo, token: string, now: number): Html {
  const { id, userId, createdAt, lastSeenAt, authenticatedAt, expiresAt, epoch, data = {} } = info;
  const at = (date: Date): Html => timeElement(date, dateText(date, lang), lang);
  return html`<li><div>
<strong><code>${id}</code></strong>
<p>${userId === undefined ? "No user" : html`User ${userLink(userId)}`}${authenticatedAt && html`, signed in ${at(authenticatedAt)}`}</p>
<p>Last seen ${timeElement(lastSeenAt, ago(lastSeenAt, now, lang), lang)}, created ${at(createdAt)}, expires ${at(expiresAt)}, epoch ${epoch}</p>
${Object.entries(data).map(([key, value]) => html`<p>${visible(key)}: <bdi>${shown(value)}</bdi></p>`)}
</div>
<form method="post"><input type="hidden" name="_csrf" value="${token}"><button name="session" value="${id}" aria-label="End session ${id}">End session</button></form>
</li>`;
}

function shown(value: unknown): string {
  if (typeof value === "string") return visible(value.slice(0, 500));
  try {
    return visible((JSON.stringify(value) ?? String(value)).slice(0, 500));
  } catch {
    return "(a value that is no JSON)";
  }
}
