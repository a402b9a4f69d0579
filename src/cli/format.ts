import ms from "ms";
import { visible } from "../core/language/visible.ts";

/** What is printed, whatever a line was made of: only its breaks and tabs are left. */
export const printable = (text: string): string => text.replaceAll(/[^\n\t]+/g, visible);

/** JSON that a terminal may show: it escapes a few controls only. */
export const jsonText = (value: unknown): string => shown(JSON.stringify(value, undefined, 2));

/** The same in one line. */
export const jsonLine = (value: unknown): string => shown(JSON.stringify(value));

const shown = (json: string): string =>
  json.replaceAll(/[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    Array.from({ length: character.length }, (_, at) => `\\u${hexOf(character.charCodeAt(at))}`).join(""),
  );

const hexOf = (unit: number): string => unit.toString(16).padStart(4, "0");

/** Such as "5m ago" and "in 23h". */
export function relative(time: Date, now: number): string {
  const distance = time.getTime() - now;
  return distance > 0 ? `in ${ms(distance)}` : `${ms(-distance)} ago`;
}

/** Such as "2026-11-30 10:00:00Z (5m ago)". */
export const moment = (time: Date, now: number): string =>
  `${time.toISOString().replace("T", " ").replace(/\.\d+/, "")} (${relative(time, now)})`;

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

/** Aligns rows; the first has the headings. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
