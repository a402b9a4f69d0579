import type { SessionError } from "../../types/errors.ts";
import { flatten, noEntries, unflatten } from "./entries.ts";
import { type Control, format, newer, type SessionState, storedEntries } from "./record.ts";

/**
 * Formats a session for sealing: one line of JSON, `[format, id, version, user, created, last seen, expires, control,
 * index]`, followed by the values. It has no checksum, because whatever opens is what was sealed.
 */
export function formatSealed(state: SessionState): string {
  const { id, version, userId = null, createdAt, lastSeenAt, expiresAt, control } = state;
  const { index, values } = flatten(storedEntries(state));
  const line = [Number(format), id, version, userId, createdAt, lastSeenAt, expiresAt, control, index];
  return `${JSON.stringify(line)}\n${values}`;
}

/** The content of a sealed token. */
export interface SealedContent {
  readonly state: SessionState;
  /** A newer release sealed it, and `state` has no more than the part of the line that all formats have. */
  readonly error: SessionError | undefined;
}

/** Returns `undefined` for an authentic text of another shape: another use of the key. */
export function parseSealed(text: string): SealedContent | undefined {
  const end = text.indexOf("\n");
  const line = lineOf(text.slice(0, end));
  if (!line || typeof line[1] !== "string") return undefined;
  const [found, id, version, userId, createdAt, lastSeenAt, expiresAt] = line as Facts;
  const facts = { id, version, commitId: "", userId: userId ?? undefined, createdAt, lastSeenAt, expiresAt };
  if (found > Number(format)) {
    const state = { ...facts, control: {}, entries: noEntries, kept: noEntries };
    return { state, error: newer(String(found)) };
  }
  const entries = unflatten(line[8], text, end + 1);
  const control = line[7] as Control | null | undefined;
  if (!entries || found !== Number(format) || typeof control !== "object" || control === null) return undefined;
  return { state: { ...facts, control, entries, kept: noEntries, visitInBody: undefined }, error: undefined };
}

type Facts = [
  format: number,
  id: string,
  version: number,
  userId: string | null,
  createdAt: number,
  lastSeenAt: number,
  expiresAt: number,
];

function lineOf(json: string): unknown[] | undefined {
  try {
    const line: unknown = JSON.parse(json);
    return Array.isArray(line) ? line : undefined;
  } catch {
    return undefined;
  }
}
