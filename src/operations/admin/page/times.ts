import { type Html, html } from "./html.ts";

const units = [
  ["second", 1_000],
  ["minute", 60_000],
  ["hour", 3_600_000],
  ["day", 86_400_000],
] as const;

/** "3 minutes ago", in the language of the page. */
export function ago(date: Date, now: number, lang: string): string {
  const passed = Math.max(0, now - date.getTime());
  const [unit, size] = units.findLast(([, size]) => passed >= 1.5 * size) ?? units[0];
  return new Intl.RelativeTimeFormat(lang, { numeric: "auto" }).format(-Math.round(passed / size), unit);
}

/** "Nov 30, 2026, 5:30 PM UTC", in the language of the page. */
export const dateText = (date: Date, lang: string): string =>
  new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeStyle: "long", timeZone: "UTC" }).format(date);

export const timeElement = (date: Date, text: string, lang: string): Html =>
  html`<time datetime="${date.toISOString()}" title="${dateText(date, lang)}">${text}</time>`;
