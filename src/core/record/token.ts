import { randomText } from "#crypto";

/** The two parts of a stored session's token: the id finds the record, and the secret authenticates the client. */
export interface Token {
  readonly id: string;
  readonly secret: string;
}

// 43 characters carry 258 bits for 256: the two unused bits of the last character must be 0.
const secretText = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
/**
 * Accepts ids of any `generateId`, not only this process's: during a deployment old and new processes create sessions.
 */
const idText = /^[A-Za-z0-9_-]{16,128}$/;

export const newId = (): string => randomText(16);
export const newSecret = (): string => randomText(32);

export const isId = (text: string): boolean => idText.test(text);

/** Parses a token strictly: each secret has exactly one valid spelling. Anything else needs no store call. */
export function parseToken(text: string): Token | undefined {
  const dot = text.indexOf(".");
  if (dot === -1 || text.length - dot !== 44) return undefined;
  const id = text.slice(0, dot);
  const secret = text.slice(dot + 1);
  return secretText.test(secret) && isId(id) ? { id, secret } : undefined;
}

export const formatToken = (token: Token): string => `${token.id}.${token.secret}`;

/** Compares two digests in constant time. */
export function sameDigest(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
