import type { ReadonlySession } from "coatcheck";
import { browserList } from "./browser-list.ts";
import type { SignedInBrowser } from "./browsers.ts";
import { frame } from "./frame.ts";
import { type Html, html } from "./html.ts";
import type { Prefs, Visit } from "./sessions.ts";
import { users } from "./shop.ts";
import { shop } from "./shop-window.ts";
import { left } from "./times.ts";

export interface Page {
  readonly session: ReadonlySession<Visit>;
  readonly theme: Prefs["theme"] | undefined;
  readonly messages: readonly string[];
  readonly browsers: readonly SignedInBrowser[];
  /** Such as "SQLite". */
  readonly store: string;
  /** As the visitor wrote it, such as "localhost:8080". */
  readonly host: string;
  readonly now: number;
}

export function renderPage(page: Page): string {
  const { session, theme, messages, browsers, store, host, now } = page;
  const name = users.get(session.userId ?? "");
  const content = html`
${messages.length > 0 && html`<div class="messages" role="status">${messages.map((text) => html`<p>${text}</p>`)}</div>`}
<section class="hero">
<h1>${name === undefined ? "Hand over your coat." : `Good to see you, ${name}.`}</h1>
<p class="lead">This page keeps what you do here in a session. ${restart(store)}</p>
</section>
${ticket(session, now)}
<div class="columns">
${shop(session.get("cart") ?? [])}
${name === undefined ? signIn() : browserList(name, browsers, now)}
</div>
${hints(host, store)}`;
  // Screen readers begin with the title, so what has just happened comes first.
  return frame({ title: [...messages, "coatcheck"].join(" "), theme, store, content });
}

function restart(store: string): Html {
  return store === "memory"
    ? html`It is in the server's memory, and ends with it.`
    : html`Stop the server, even with <code>kill&nbsp;-9</code>, and start it again: everything is where you left it.`;
}

function ticket(session: ReadonlySession<Visit>, now: number): Html {
  return html`
<section class="ticket" aria-label="Your session">
<div class="stub"><span class="label">Views</span><strong>${session.get("views") ?? 0}</strong></div>
<dl>
<div><dt>Session</dt><dd><code title="${session.id}">${session.id.slice(0, 8)}…</code></dd></div>
<div><dt>Signed in</dt><dd>${users.get(session.userId ?? "") ?? "nobody"}</dd></div>
<div><dt>Idle limit</dt><dd>${left(session.idleExpiresAt, now)} left</dd></div>
<div><dt>Absolute limit</dt><dd>${left(session.absoluteExpiresAt, now)} left</dd></div>
</dl>
</section>`;
}

function signIn(): Html {
  const people = [...users].map(
    ([id, name], at) =>
      html`<label class="choice"><input type="radio" name="user" value="${id}" required${at === 0 && html` checked`}><span>${name}</span></label>`,
  );
  return html`
<section class="card" aria-labelledby="sign-in">
<h2 id="sign-in">Sign in</h2>
<p>These are demo users, so they have no passwords.</p>
<form method="post" action="/sign-in">
<fieldset class="choices"><legend>Demo user</legend>${people}</fieldset>
<label class="check"><input type="checkbox" name="remember" value="yes"><span>Remember me <small>for 14 days, also when the browser is closed</small></span></label>
<button class="primary">Sign in</button>
</form>
</section>`;
}

function hints(host: string, store: string): Html {
  return html`
<section class="hints" aria-labelledby="try">
<h2 id="try">Things to try</h2>
<ol>
${store !== "memory" && html`<li><h3>Pull the plug</h3><p>Sign in, fill the cart, and end the server the hard way.</p><pre><code>kill -9 ${process.pid}</code></pre><p>Then <code>npm start</code> again, and reload this page.</p></li>`}
<li><h3>Come as two</h3><p>Sign in as the same person in a private window or in another browser. It appears in the list here, and from here you can sign it out.</p></li>
<li><h3>Ask with curl</h3><p>A few endpoints answer in plain text.</p><pre><code>curl -b jar -c jar ${host}/set</code></pre><p>Then <code>/get</code>, <code>/clear</code>, <code>/flash/set</code>, <code>/flash/get</code>.</p></li>
</ol>
</section>`;
}
