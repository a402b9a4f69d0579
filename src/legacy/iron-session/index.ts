import { checkKeys, type Known } from "../../core/language/known-keys.ts";
import { cookieValues } from "../../transports/cookie/cookie-header.ts";
import { invalidOption } from "../../types/errors.ts";
import type { RejectReason } from "../../types/events.ts";
import type { LegacySource } from "../../types/legacy.ts";
import { checkCookie, decoded, expiredCookie, type OldCookie } from "../shared/cookies.ts";
import { createSource, type LegacyOptions } from "../shared/create-source.ts";
import type { Data, OldSession } from "../shared/peer.ts";
import { checkPasswords, type Passwords, sealedSession, verifySeal } from "../shared/seal.ts";

/** Options of `fromIronSession()`. */
export interface IronSessionOptions extends LegacyOptions {
  /** The option `password` of iron-session. */
  readonly password: Passwords;
  /** The option `cookieName` of iron-session. */
  readonly cookieName: string;
  /** The option `cookieOptions` of iron-session. @default Path=/, HttpOnly, Secure and SameSite=Lax, as there */
  readonly cookieOptions?: OldCookie | undefined;
}

const known: Known<IronSessionOptions> = {
  password: true,
  cookieName: true,
  cookieOptions: true,
  userId: true,
  data: true,
  createdAt: true,
  lifetime: true,
};

/** Behind the seal stands the version of the format. */
const version = "~2";

/**
 * Takes over sessions of iron-session 8. Each of its cookies is a session of its own, as an earlier one still works there.
 *
 * @example
 * const sessions = createSessions({ legacy: [fromIronSession({ password, cookieName: "app", userId: (data) => data.userId })] });
 *
 * @throws SessionError INVALID_OPTION
 */
export function fromIronSession(options: IronSessionOptions): LegacySource {
  checkKeys(options, known, "fromIronSession()");
  const { cookieName, cookieOptions } = options;
  const password = checkPasswords(options.password);
  if (typeof cookieName !== "string") throw invalidOption("cookieName must be that of iron-session.");
  const attributes: OldCookie = { path: "/", httpOnly: true, secure: true, sameSite: "lax", ...cookieOptions };
  checkCookie(cookieName, attributes);

  const verify = async (found: string): Promise<OldSession | RejectReason> => {
    const value = decoded(found);
    if (!value?.endsWith(version)) return "malformed";
    const seal = await verifySeal(value.slice(0, -version.length), password, [1]);
    if (typeof seal === "string") return seal;
    const { expiresAt } = seal;
    // With `ttl: 0`. Nothing is remembered for ever, so after a logout it would open a session again one day.
    if (expiresAt === undefined) return "absolute";
    const data = await seal.open().catch(() => undefined);
    if (typeof data !== "object" || data === null) return "corrupt";
    const expire = () => [expiredCookie(cookieName, attributes)];
    return sealedSession(seal, value, value, { data: data as Data, expiresAt }, expire);
  };

  const find = (header: string): readonly string[] => cookieValues(header, cookieName, 2);
  return createSource({ name: "iron-session", find, verify }, options);
}
