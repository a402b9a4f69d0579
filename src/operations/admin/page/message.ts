import { type Html, html } from "./html.ts";

/** What a page shows instead of its content; the link loads it again. */
export const message = (title: string, text: string, link?: string): Html =>
  html`<div class="hero"><h1>${title}</h1><p class="lead">${text}</p>${link !== undefined && html`<p><a href="?">${link}</a></p>`}</div>`;
