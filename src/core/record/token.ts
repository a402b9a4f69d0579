import { randomText } from "#crypto";

/** The two halves of a stored session's token: what finds the record, and what proves the right to it. */
export interface Token {
  readonly id: string;
  readonly secret: string;
}

// 43 characters carry 258 bits for 256: the last one has only the spellings whose spare bits are 0.
const secretText = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
/** Also of another `generateId` than this process has: during a deployment both make sessions. */
const idText = /^[A-Za-z0-9_-]{16,128}$/;

export const newId = (): string => randomText(16);
export const newSecret = (): string => randomText(32);

export const isId = (text: string): boolean => idText.test(text);

/** Reads a token strictly: one secret has exactly one valid spelling, everything else costs no store call. */
export function parseToken(text: string): Token | undefined {
  const dot = text.indexOf(".");
  if (dot === -1 || text.length - dot !== 44) return undefined;
  const id = text.slice(0, dot);
  const secret = text.slice(dot + 1);
  return secretText.test(secret) && isId(id) ? { id, secret } : undefined;
}

export const formatToken = (token: Token): string => `${token.id}.${token.secret}`;

/** Compares two digests of equal length without telling by its time where they differ. */
export function sameDigest(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
