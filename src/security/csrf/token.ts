import type { ReadonlySession } from "../../types/session.ts";

const BYTES = 32;

/** What a session keeps. */
export interface CsrfSecret {
  readonly secret: string;
  /** `signInOf()` the session. Tokens of an earlier sign-in are refused. */
  readonly signIn: string;
}

/** Names the part of a session's life that ends with a login or regenerate(). A sealed cookie counts no epochs. */
export const signInOf = ({ epoch, authenticatedAt }: Pick<ReadonlySession, "epoch" | "authenticatedAt">): string =>
  `${epoch}:${authenticatedAt?.getTime() ?? ""}`;

export const newSecret = (signIn: string): CsrfSecret => ({ secret: hex(random()), signIn });

export function isSecretFor(signIn: string, value: unknown): value is CsrfSecret {
  const given = Object(value) as Partial<CsrfSecret>;
  return given.signIn === signIn && typeof given.secret === "string" && /^[0-9a-f]{64}$/.test(given.secret);
}

/**
 * Returns a token for a page. The secret is masked with new random bytes each time, so that a compressed page does not
 * give it away byte by byte (the BREACH attack, 2013).
 */
export function maskSecret({ secret }: CsrfSecret): string {
  const mask = random();
  return hex(mask) + hex(xor(bytes(secret), mask));
}

/** Returns whether a token was made from this secret, in the same time for every wrong one. */
export function isTokenOf({ secret }: CsrfSecret, token: string): boolean {
  if (!/^[0-9a-f]{128}$/.test(token)) return false;
  const [mask, masked] = [bytes(token.slice(0, 64)), bytes(token.slice(64))];
  const difference = xor(xor(mask, masked), bytes(secret));
  return difference.reduce((all, byte) => all | byte, 0) === 0;
}

const random = (): Uint8Array => crypto.getRandomValues(new Uint8Array(BYTES));
const hex = (value: Uint8Array): string => Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join("");
const bytes = (text: string): Uint8Array =>
  Uint8Array.from({ length: BYTES }, (_, at) => Number.parseInt(text.slice(2 * at, 2 * at + 2), 16));
const xor = (a: Uint8Array, b: Uint8Array): Uint8Array => a.map((byte, at) => byte ^ (b[at] as number));
