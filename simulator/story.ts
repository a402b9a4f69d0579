import type { Setting } from "./plan/plan.ts";
import type { Line } from "./world/trace.ts";

/** A run in plain English: who did what and when, what the store did, and what the oracle says of it. */
export function storyOf(setting: Setting, lines: readonly Line[]): string {
  // What the audit reads at the end is of no interest, but for what it finds.
  const told = lines.filter(({ who, text }) => who !== "the audit" && !text.startsWith("for the audit:"));
  const width = Math.max(...told.map(({ who }) => who.length));
  const body = told.map(({ at, who, text }) => `${timeOf(at)}  ${who.padEnd(width)}  ${text}`);
  return [describe(setting), ...body].join("\n");
}

function describe({ processes, sharing, rotateAfter, maxSessionsPerUser, overflow, hasStoreTime }: Setting): string {
  return [
    `${processes} ${processes === 1 ? "process" : "processes"}`,
    sharing > 1 && "clients that share a user",
    rotateAfter !== undefined && `rotateAfter ${rotateAfter / 1_000} s`,
    maxSessionsPerUser !== undefined && `maxSessionsPerUser ${maxSessionsPerUser}, overflow ${overflow}`,
    hasStoreTime && "a store that tells the time",
  ]
    .filter(Boolean)
    .join("; ");
}

const timeOf = (at: number): string => (at / 1_000).toFixed(4).padStart(11);
