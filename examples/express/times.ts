import { type Html, html } from "./html.ts";

const units = [
  ["second", 1_000],
  ["minute", 60_000],
  ["hour", 3_600_000],
  ["day", 86_400_000],
] as const;

/** A length of time in one unit, as people say it: "45 seconds", "60 minutes", "30 days". */
function spell(milliseconds: number): string {
  const [unit, size] = units.findLast(([, size]) => milliseconds >= 1.5 * size) ?? units[0];
  const format = new Intl.NumberFormat("en", { style: "unit", unit, unitDisplay: "long" });
  return format.format(Math.max(0, Math.round(milliseconds / size)));
}

export function ago(date: Date, now: number): Html {
  const length = now - date.getTime();
  return timed(date, length < 5_000 ? "just now" : `${spell(length)} ago`);
}

export function left(date: Date | undefined, now: number): Html {
  return date ? timed(date, spell(date.getTime() - now)) : html`no limit`;
}

const timed = (date: Date, text: string): Html =>
  html`<time datetime="${date.toISOString()}" title="${date.toUTCString()}">${text}</time>`;
