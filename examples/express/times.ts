import { type Html, html } from "./html.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** A length of time in one unit, as people say it: "45 seconds", "60 minutes", "30 days". */
export function spell(milliseconds: number): string {
  const length = Math.max(0, milliseconds);
  const [unit, size] =
    length < 1.5 * minute
      ? ["second", 1_000]
      : length < 1.5 * hour
        ? ["minute", minute]
        : length < 1.5 * day
          ? ["hour", hour]
          : ["day", day];
  const style = { style: "unit", unit: unit as string, unitDisplay: "long" } as const;
  return new Intl.NumberFormat("en", style).format(Math.round(length / (size as number)));
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
