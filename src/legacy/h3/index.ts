import { milliseconds } from "../../core/config/duration.ts";
import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { cookieValues } from "../../transports/cookie/cookie-header.ts";
import { invalidOption } from "../../types/errors.ts";
import type { RejectReason } from "../../types/events.ts";
import type { LegacySource } from "../../types/legacy.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { checkCookie, decoded, expiredCookie, type OldCookie } from "../shared/cookies.ts";
import { createSource, defaultLifetime, type LegacyOptions } from "../shared/create-source.ts";
import type { Data, OldSession } from "../shared/peer.ts";
import { checkPasswords, type Passwords, sealedSession, verifySeal } from "../shared/seal.ts";

/** Options of `fromH3()`. */
export interface H3Options extends LegacyOptions {
  /** The option `password` of `useSession()`. */
  readonly password: Passwords;
  /** The option `name` of `useSession()`. @default "h3" */
  readonly name?: string | undefined;
  /** The option `idleTimeout` of `useSession()`, in seconds. @default none */
  readonly idleTimeout?: number | undefined;
  /** The option `cookie` of `useSession()`. @default Path=/, HttpOnly and Secure, as there */
  readonly cookie?: OldCookie | undefined;
}

const known: Known<H3Options> = {
  password: true,
  name: true,
  idleTimeout: true,
  cookie: true,
  userId: true,
  data: true,
  createdAt: true,
  lifetime: true,
};

/** A long seal is in several cookies, and the first one says in how many. */
const chunked = /^__chunked__(\d{1,2})$/;
/** In version 2, and in version 1. */
const rounds: readonly number[] = [8192, 1];

/**
 * Takes over sessions of `useSession()` of h3, versions 1 and 2, and so of Nuxt.
 *
 * @example
 * const sessions = createSessions({ legacy: [fromH3({ password, userId: (data) => data.user?.id })] });
 *
 * @throws SessionError INVALID_OPTION
 */
export function fromH3(options: H3Options): LegacySource {
  checkKeys(options, known, "fromH3()");
  const { name = "h3", cookie = {}, idleTimeout = Number.POSITIVE_INFINITY, lifetime = defaultLifetime } = options;
  const password = checkPasswords(options.password);
  const attributes: OldCookie = { path: "/", httpOnly: true, secure: true, ...cookie };
  checkCookie(name, attributes);
  const longest = milliseconds(lifetime, "lifetime");
  const idle = idleTimeout * 1_000;
  if (!(idle > 0)) throw invalidOption("idleTimeout must be that of useSession(), a number of seconds.");
  const expire = (parts: number): HeaderEdit[] =>
    Array.from({ length: parts + 1 }, (_, n) => expiredCookie(n === 0 ? name : `${name}.${n}`, attributes));

  const verify = async (found: string): Promise<OldSession | RejectReason> => {
    const [parts, text = ""] = found.split(" ");
    const value = decoded(text);
    if (value === undefined) return "malformed";
    const seal = await verifySeal(value, password, rounds);
    if (typeof seal === "string") return seal;
    const session = await seal.open().then(sessionIn, () => undefined);
    if (!session) return "corrupt";
    const { id, createdAt, lastSeenAt = createdAt, data } = session;
    // Its seals may have no end of their own, and nothing is remembered for ever.
    const end = createdAt + longest;
    const expiresAt = Math.min(end, seal.expiresAt ?? end);
    if (end <= Date.now()) return "absolute";
    if (lastSeenAt + idle <= Date.now()) return "idle";
    return sealedSession(seal, id, value, { data, createdAt, expiresAt }, () => expire(Number(parts)));
  };

  return createSource({ name: "h3", find: (header) => findSeal(header, name), verify }, options);
}

function findSeal(header: string, name: string): readonly string[] {
  const [first] = cookieValues(header, name, 1);
  if (first === undefined) return [];
  const parts = Number(chunked.exec(first)?.[1] ?? 0);
  if (parts === 0) return [`0 ${first}`];
  const texts: readonly (string | undefined)[] = Array.from(
    { length: parts },
    (_, n) => cookieValues(header, `${name}.${n + 1}`, 1)[0],
  );
  return texts.includes(undefined) ? [] : [`${parts} ${texts.join("")}`];
}

interface Sealed {
  readonly id: string;
  readonly createdAt: number;
  readonly lastSeenAt?: number | undefined;
  readonly data: Data;
}

function sessionIn(opened: unknown): Sealed | undefined {
  const { id, createdAt, lastSeenAt, data } = Object(opened ?? {}) as Partial<Sealed>;
  if (typeof id !== "string" || id === "" || !isTime(createdAt)) return undefined;
  if (typeof data !== "object" || data === null) return undefined;
  return { id, createdAt, lastSeenAt: isTime(lastSeenAt) ? lastSeenAt : undefined, data };
}

const isTime = (value: unknown): value is number => Number.isFinite(value);
