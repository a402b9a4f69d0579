import type { RejectReason } from "../../types/events.ts";

/** What a refusal means to somebody who looks for its cause. */
export const refusals: Readonly<Record<RejectReason, string>> = {
  malformed: "It is cut off or changed: it has not the form of a token.",
  "unknown-key":
    "None of the keys in SESSION_KEYS has sealed it. An old key was removed, or it is from another environment.",
  forged:
    "It names one of the keys, but does not open with it: it was changed on the way, or sealed under another name, namespace or application.",
  expired: "It was sealed longer ago than a session may last.",
  "not-yet-valid": "It was sealed in the future: the clock of a server was ahead.",
  unknown:
    "The store has no such session. It was destroyed, revoked or pruned, or the store, the name, the namespace or the application is another one.",
  "wrong-secret":
    "There is such a session, but this is not its secret: the application or the pepper is another one, or somebody made the token up.",
  superseded:
    "A login or regenerate() has replaced it. The browser should have a newer cookie; if it has not, a copy of an old one came.",
  "grace-ended":
    "A periodic rotation has replaced it, and its grace period is over. The browser should have a newer cookie.",
  idle: "Its session was idle for too long.",
  absolute: "Its session has reached its absolute limit.",
  corrupt: "The record of its session is damaged, or SESSION_PEPPER is not the key that it was signed with.",
  "unsupported-format": "A newer release of coatcheck has written its session.",
  schema: "The schema of the application refuses its data.",
  "user-limit": "Its user is signed in as often as maxSessionsPerUser allows.",
  duplicate: "There were several cookies of one name.",
};
