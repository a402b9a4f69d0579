import { frame } from "./frame.ts";
import { html } from "./html.ts";

/** The status that an error asks for, as Express, its parsers and sessions write it. */
export function statusOf(error: unknown): number {
  const { status } = Object(error) as { status?: unknown };
  return typeof status === "number" && status >= 400 && status < 600 ? status : 500;
}

const explanations: Readonly<Record<number, readonly [title: string, text: string]>> = {
  404: ["There is no such page", "The address may be mistyped."],
  409: ["Your session has ended", "You were signed out elsewhere during this request."],
  413: ["That was too much", "The form was larger than this server takes."],
  503: [
    "The coatcheck is closed for a moment",
    "The session store does not respond. Nothing is lost; please try again.",
  ],
};

/** Knows no session, because it may be the session that failed. */
export function renderErrorPage(status: number): string {
  const [title, text] = explanations[status] ?? [
    status >= 500 ? "Something went wrong here" : "This request cannot be understood",
    status >= 500 ? "The server's log says what." : "Please go back and try again.",
  ];
  const content = html`<section class="hero"><h1>${title}</h1><p class="lead">${text}</p><p><a href="/">Back to the start</a></p></section>`;
  return frame({ title, theme: undefined, content });
}
