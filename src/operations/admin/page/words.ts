import type { Html, Part } from "./html.ts";
import { html } from "./html.ts";

/** Puts values into a sentence such as "Last seen {when}". */
export function fill(sentence: string, values: Readonly<Record<string, string | number | Html>>): Html {
  const parts: Part[] = sentence.split(/\{(\w+)\}/).map((part, at) => (at % 2 === 0 ? part : (values[part] ?? "")));
  return html`${parts}`;
}

/** The same for an attribute or a title. */
export const fillText = (sentence: string, values: Readonly<Record<string, string | number>>): string =>
  sentence.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ""));
