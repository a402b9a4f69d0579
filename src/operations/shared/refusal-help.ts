import type { RejectReason } from "../../types/events.ts";

/** What somebody needs to know whose session is lost. */
export interface Help {
  readonly cause: string;
  readonly cure: string;
}

/** Why a token opened nothing, and what to do if it should have opened something. */
export const refusalHelp: Readonly<Record<RejectReason, Help>> = {
  malformed: {
    cause: "it does not have the form of a token.",
    cure: "Something cut it off or wrote another cookie of this name. Look at the cookie in the browser, and give each application a name of its own.",
  },
  unknown: {
    cause: "the store has no such session.",
    cure: "It was destroyed, or it has expired. If that happens at each restart, sessions are in memory: set store. If it happens now and then, processes use different stores, or a different name, namespace or application.",
  },
  "wrong-secret": {
    cause: "there is such a session, but this is not its secret.",
    cure: "application or pepper is another one than when the session was made. If both are right, somebody made the token up.",
  },
  superseded: {
    cause: "a login or regenerate() has replaced it.",
    cure: "The browser has not got the newer cookie: look whether the response of the login carried Set-Cookie, and whether a proxy or fetch() without credentials dropped it.",
  },
  "grace-ended": {
    cause: "a periodic rotation has replaced it, and its grace period is over.",
    cure: "A client that keeps its first cookie for ever must take the newer one. If it does, somebody else has a copy.",
  },
  idle: {
    cause: "nobody used its session for longer than idleTimeout.",
    cure: "Set a longer idleTimeout. Visits count only where the session is read; a page that never reads it keeps nothing alive.",
  },
  absolute: {
    cause: "its session has reached absoluteTimeout, which use does not extend.",
    cure: "Set a longer absoluteTimeout, or let the user sign in again.",
  },
  corrupt: {
    cause: "the record of its session is damaged.",
    cure: "Another program has written to the session table, or pepper has changed: keep the old key behind the new one, as in pepper: [new, old].",
  },
  "unsupported-format": {
    cause: "a newer release of coatcheck has written its session.",
    cure: "Let all processes run the same release.",
  },
  schema: {
    cause: "the data of its session does not fit the schema.",
    cure: "Sessions outlive deploys: make new keys optional or give them defaults.",
  },
  "user-limit": {
    cause: "its user is signed in as often as maxSessionsPerUser allows.",
    cure: "Let the user sign out elsewhere, or raise maxSessionsPerUser.",
  },
  duplicate: {
    cause: "the request had several cookies of this name, and another one was used.",
    cure: "Cookies with another path or domain are left from earlier. Delete them in the browser, and keep path and domain as they are.",
  },
  "unknown-key": {
    cause: "none of the keys has sealed it.",
    cure: "Keep the old key behind the new one: cookieStore({ keys: [new, old] }). All processes need the same keys.",
  },
  forged: {
    cause: "it names one of the keys and does not open with it.",
    cure: "It was changed on the way, or sealed under another name, namespace or application.",
  },
  expired: { cause: "it was sealed longer ago than absoluteTimeout.", cure: "Set a longer absoluteTimeout." },
  "not-yet-valid": { cause: "it was sealed in the future.", cure: "The clock of a server is ahead: let NTP set it." },
};
