import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import type { RecordKey } from "../../types/store.ts";

/**
 * The mutable state of a session, except its body. It is the name of one empty file, the head: an update is one rename,
 * which fails if another writer renamed the head first.
 */
export interface Head {
  /** How often the head was renamed, so that no name is ever reused. */
  readonly step: number;
  readonly version: number;
  readonly commitId: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
  /** The name of the user's directory, where the session is listed. */
  readonly user: string | undefined;
  /** How long the user entry is valid, in epoch milliseconds. */
  readonly until: number;
  /** Random, chosen by `create`. Distinguishes a session from an earlier one with the same id. */
  readonly incarnation: string;
  /** Names the file with the body. */
  readonly body: string;
}

/** A session's directory. */
export interface SessionPath {
  /** The directory of the namespace. */
  readonly space: string;
  /** SHA-256 of the key. */
  readonly hash: string;
  readonly path: string;
}

export const random = (): string => randomBytes(8).toString("hex");

export const isSpace = (name: string): boolean => /^[0-9a-f]{32}$/.test(name);
export const isShard = (name: string): boolean => /^[0-9a-f]{2}$/.test(name);
export const isSessionHash = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);
export const isUser = (name: string): boolean => /^[0-9a-f]{32}$/.test(name);
export const isBody = (name: string): boolean => /^body\.[0-9a-f]{16}$/.test(name);

/** Hashes JSON, because UTF-8 would map strings with different lone surrogates to the same bytes. */
const digest = (...parts: string[]): string => createHash("sha256").update(JSON.stringify(parts)).digest("hex");

export const spaceOf = (directory: string, namespace: string): string =>
  join(directory, digest(namespace).slice(0, 32));

export function sessionPathOf(directory: string, { namespace, id }: RecordKey): SessionPath {
  return sessionPathAt(spaceOf(directory, namespace), digest(namespace, id));
}

export const sessionPathAt = (space: string, hash: string): SessionPath => ({
  space,
  hash,
  path: join(shardOf(space, hash), hash),
});

export const sessionsOf = (space: string): string => join(space, "sessions");
const shardOf = (space: string, hash: string): string => join(sessionsOf(space), hash.slice(0, 2));

export const userOf = (userId: string | undefined): string | undefined =>
  userId === undefined ? undefined : digest(userId).slice(0, 32);

const head =
  /^(head|over)\.(\d+)\.(\d+)\.([\w-]{1,64})\.(-?\d+)\.(-?\d+)\.(-?\d+)\.([0-9a-f]{32}|-)\.(-?\d+)\.([0-9a-f]{16})\.([0-9a-f]{16})$/;

export const nameOf = (head: Head, word: "head" | "over" = "head"): string =>
  [
    word,
    head.step,
    head.version,
    head.commitId,
    head.createdAt,
    head.lastSeenAt,
    head.expiresAt,
    head.user ?? "-",
    head.until,
    head.incarnation,
    head.body,
  ].join(".");

export function parseHead(name: string): { readonly head: Head; readonly isEnded: boolean } | undefined {
  const [, word, step, version, commitId, ...rest] = head.exec(name) ?? [];
  const [createdAt, lastSeenAt, expiresAt, user, until, incarnation, body] = rest;
  if (commitId === undefined || incarnation === undefined || body === undefined) return undefined;
  return {
    isEnded: word === "over",
    head: {
      step: Number(step),
      version: Number(version),
      commitId,
      createdAt: Number(createdAt),
      lastSeenAt: Number(lastSeenAt),
      expiresAt: Number(expiresAt),
      user: user === "-" ? undefined : user,
      until: Number(until),
      incarnation,
      body,
    },
  };
}

export const bodyName = ({ body }: Pick<Head, "body">): string => `body.${body}`;
export const bodyOf = (place: string, head: Pick<Head, "body">): string => join(place, bodyName(head));
