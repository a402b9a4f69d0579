import { randomText } from "#crypto";

/** The two halves of a stored session's token: what finds the record, and what proves the right to it. */
export interface Token {
  readonly id: string;
  readonly secret: string;
}

// 43 characters carry 258 bits for 256, 22 carry 132 for 128: the last one has only the spellings whose spare bits are 0.
const secretText = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
const standardId = /^[A-Za-z0-9_-]{21}[AQgw]$/;
const customId = /^[A-Za-z0-9_-]{16,128}$/;

export const newId = (): string => randomText(16);
export const newSecret = (): string => randomText(32);

export function isId(text: string, custom: boolean): boolean {
  return (custom ? customId : standardId).test(text);
}

/** Reads a token strictly: one session has exactly one valid spelling, everything else costs no store call. */
export function parseToken(text: string, custom: boolean): Token | undefined {
  const dot = text.indexOf(".");
  if (dot === -1 || text.length - dot !== 44) return undefined;
  const id = text.slice(0, dot);
  const secret = text.slice(dot + 1);
  return secretText.test(secret) && isId(id, custom) ? { id, secret } : undefined;
}

export const formatToken = (token: Token): string => `${token.id}.${token.secret}`;

/** Compares two digests of equal length without telling by its time where they differ. */
export function sameDigest(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
