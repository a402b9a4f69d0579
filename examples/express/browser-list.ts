import type { SignedInBrowser } from "./browsers.ts";
import { type Html, html } from "./html.ts";
import { ago } from "./times.ts";

/** Where the user is signed in, and the buttons that end it. */
export function browserList(name: string, browsers: readonly SignedInBrowser[], now: number): Html {
  const others = browsers.filter(({ isThis }) => !isThis).length;
  return html`
<section class="card" aria-labelledby="browsers">
<h2 id="browsers">Signed-in browsers <span class="count">${browsers.length}</span></h2>
<p>${name} is a demo user. This is where ${name} is signed in:</p>
<ul class="browsers">${browsers.map((browser) => entry(browser, now))}</ul>
<p>The library has pages of its own for this: <a href="/devices">devices</a>, and <a href="/admin">operators</a> (Ada is one).</p>
<div class="buttons">
<form method="post" action="/sign-out"><button class="primary">Sign out</button></form>
<form method="post" action="/browsers/sign-out-others"><button${others === 0 && html` disabled`}>Sign out all others</button></form>
</div>
</section>`;
}

function entry({ id, label, isThis, createdAt, lastSeenAt }: SignedInBrowser, now: number): Html {
  return html`
<li>
<div>
<strong>${label}</strong> <code title="${id}">${id.slice(0, 8)}…</code>${isThis && html` <span class="badge">This browser</span>`}
<p>Created ${ago(createdAt, now)}, last seen ${ago(lastSeenAt, now)}</p>
</div>
${!isThis && html`<form method="post" action="/browsers/sign-out"><button name="id" value="${id}" aria-label="Sign out ${label}, ${id.slice(0, 8)}">Sign out this one</button></form>`}
</li>`;
}
