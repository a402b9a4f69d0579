import { type Html, html } from "./html.ts";
import type { Prefs } from "./sessions.ts";

export interface Frame {
  readonly title: string;
  readonly theme: Prefs["theme"] | undefined;
  /** Where sessions are kept, such as "SQLite". Absent on pages that know no session. */
  readonly store?: string;
  readonly content: Html;
}

const styles = ["base", "page", "ticket", "shop", "people"];

/** What every page has in common. */
export function frame({ title, theme, store, content }: Frame): string {
  return html`<!doctype html>
<html lang="en"${theme && html` data-theme="${theme}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${theme ?? "light dark"}">
<title>${title}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
${styles.map((name) => html`<link rel="stylesheet" href="/${name}.css">`)}
</head>
<body>
<header class="bar">
<a class="brand" href="/"><img src="/icon.svg" alt="" width="32" height="32">coatcheck</a>
${themeSwitch(theme)}
</header>
<main>${content}</main>
<footer class="foot">
<p>A demonstration: the people and the shop are made up.${store && html` The session is kept in ${store}, the theme in an encrypted cookie.`}</p>
</footer>
</body>
</html>
`.text;
}

function themeSwitch(theme: Prefs["theme"] | undefined): Html {
  const choices = [
    ["system", "System"],
    ["light", "Light"],
    ["dark", "Dark"],
  ] as const;
  const buttons = choices.map(
    ([value, label]) =>
      html`<button name="theme" value="${value}" aria-pressed="${String(value === (theme ?? "system"))}">${label}</button>`,
  );
  return html`<form class="switch" method="post" action="/theme" role="group" aria-label="Theme">${buttons}</form>`;
}
