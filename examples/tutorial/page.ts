import type { Request, Response } from "express";
import { type Html, html } from "./html.ts";
import { sessions } from "./sessions.ts";

/** Sends a page, with the messages that earlier requests left for this visitor. */
export async function show(req: Request, res: Response, title: string, content: Html): Promise<void> {
  const messages = await sessions.get(req).flashes<string>();
  res.send(page(title, content, messages));
}

export function page(title: string, content: Html, messages: readonly string[] = []): string {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
<main>
<h1>${title}</h1>
${messages.map((message) => html`<p role="status">${message}</p>`)}
${content}
</main>
</html>
`.text;
}
