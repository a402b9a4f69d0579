import { Html, html } from "./html.ts";
import { style } from "./style.ts";

/** What a page is made of. */
export interface Page {
  /** Screen readers begin with it. */
  readonly title: string;
  /** The language of the texts, such as "en". */
  readonly lang: string;
  /** A link out of the page, to the application. */
  readonly home: { readonly path: string; readonly text: string } | undefined;
  readonly content: Html;
}

const common: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  vary: "Accept, Cookie",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  // Not "no-referrer": older browsers would then send "Origin: null" with the page's own forms.
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

const policyFor = (styleSource: string): string =>
  `default-src 'none'; style-src ${styleSource}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

let styleHash: Promise<string> | undefined;

async function hashOfStyle(): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  return `'sha256-${btoa(String.fromCharCode(...new Uint8Array(digest)))}'`;
}

export async function pageResponse({ title, lang, home, content }: Page, status = 200): Promise<Response> {
  styleHash ??= hashOfStyle();
  const { text } = html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
${styleElement}
</head>
<body>
${home && html`<header><a href="${home.path}">${home.text}</a></header>`}
<main>
${content}
</main>
</body>
</html>
`;
  const headers = {
    ...common,
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policyFor(await styleHash),
  };
  return new Response(text, { status, headers });
}

const styleElement = new Html(`<style>${style}</style>`);

export function jsonResponse(value: unknown, status = 200): Response {
  const headers = { ...common, "content-type": "application/json", "content-security-policy": policyFor("'none'") };
  return new Response(JSON.stringify(value), { status, headers });
}

/** Leads back after a form, so that a reload does not send it again. */
export function seeOther(location: string, more: Readonly<Record<string, string>> = {}): Response {
  return new Response(null, { status: 303, headers: { ...common, ...more, location } });
}

/** As a server answers that has no such page. */
export const notFound = (): Response => {
  const headers = { ...common, "content-type": "text/plain; charset=utf-8" };
  return new Response("Not found\n", { status: 404, headers });
};

/** Answers a method that has no page: OPTIONS, and those that are not allowed. */
export function noMethod(method: string): Response {
  const headers = { ...common, allow: "GET, HEAD, POST, OPTIONS" };
  return new Response(null, { status: method === "OPTIONS" ? 204 : 405, headers });
}

/** The answer to HEAD is that to GET without its body. */
export const withoutBody = ({ status, headers }: Response): Response => new Response(null, { status, headers });
