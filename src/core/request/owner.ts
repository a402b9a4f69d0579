import type { Owner } from "../../types/administration.ts";
import { SessionError } from "../../types/errors.ts";
import { checkKeys, type Known, kindOf, typeError } from "../language/known-keys.ts";
import { checkUserId } from "./session-changes.ts";

/**
 * Whose sessions a call is about. `undefined`: everybody's, for which only `anyUser: true` asks. An owner that is absent,
 * or is there and holds nothing, is a mistake: the user id of a stranger is `undefined`.
 *
 * @throws TypeError
 */
export function ownerIn<Options extends Owner>(
  options: Options | undefined,
  known: Known<Options>,
  call: string,
): string | undefined {
  const given: { readonly userId?: unknown; readonly anyUser?: unknown } = options ?? {};
  checkKeys(given, known, call, typeError);
  const { userId, anyUser } = given;
  const isOwned = Object.hasOwn(given, "userId");
  if (isOwned && Object.hasOwn(given, "anyUser")) {
    throw new TypeError(`${call} was given userId and anyUser. Give one of them.`);
  }
  if (isOwned) return userIdFor(userId, call);
  if (anyUser === true) return undefined;
  throw new TypeError(
    `${call} must be told whose sessions it may touch: { userId } for one user's, { anyUser: true } for everybody's.`,
  );
}

/** @throws TypeError */
export function userIdFor(userId: unknown, call: string): string {
  if (userId !== undefined && userId !== null) return checkUserId(userId);
  throw new TypeError(
    `${call} was given a user id that is ${userId}, as that of a visitor without a user is. Nothing was done.`,
  );
}

/** @throws TypeError */
export function sessionIdFor(id: unknown, call: string): string {
  if (typeof id === "string") return id;
  throw new TypeError(`${call} takes the id of a session and was given ${kindOf(id)}. Nothing was done.`);
}

export function notSignedIn(call: string): SessionError {
  return new SessionError(
    "NOT_SIGNED_IN",
    `${call} ends sessions of the session's own user, and this session has no user. Nothing was ended. Ask for a login first.`,
  );
}
