import type { SessionPolicy } from "../../../types/sessions.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Where a setting is weaker than a recommendation, and whose that is. */
export interface Advice {
  readonly setting: string;
  readonly text: string;
}

type Rule = (policy: SessionPolicy) => Advice | false;

const over = (limit: number | undefined, most: number): boolean => limit === undefined || limit > most;

const rules: readonly Rule[] = [
  ({ idleTimeout }) =>
    over(idleTimeout, HOUR) && {
      setting: "idleTimeout",
      text:
        idleTimeout === undefined
          ? "Sessions that nobody uses live on. OWASP ASVS 7.3.1 asks for a limit, NIST SP 800-63B-4 for an hour at most where two factors sign in (AAL2)."
          : "NIST SP 800-63B-4 allows an hour at most where two factors sign in (AAL2). OWASP recommends 15 to 30 minutes for low risk, less for high.",
    },
  ({ absoluteTimeout }) =>
    over(absoluteTimeout, 30 * DAY) && {
      setting: "absoluteTimeout",
      text: "A stolen token works as long as it is used. OWASP ASVS 7.3.2 asks for a limit, NIST SP 800-63B-4 for 30 days at most (AAL1).",
    },
  ({ absoluteTimeout }) =>
    !over(absoluteTimeout, 30 * DAY) &&
    over(absoluteTimeout, DAY) && {
      setting: "absoluteTimeout",
      text: "Enough for one factor (AAL1). NIST SP 800-63B-4 allows 24 hours at most where two factors sign in (AAL2).",
    },
  ({ rotateAfter }) =>
    rotateAfter === undefined && {
      setting: "rotateAfter",
      text: "Secrets are renewed at sign-in only. OWASP recommends a renewal timeout, which ends copies that are not in use.",
    },
  ({ onReuse }) =>
    onReuse === "report" && {
      setting: "onReuse",
      text: "A token that comes back after it was replaced is stolen; here its session goes on.",
    },
  ({ remember }) =>
    remember && {
      setting: "remember",
      text: "The cookie outlives the browser. OWASP prefers one that ends with it, unless the user asks to be remembered.",
    },
  ({ maxSessionsPerUser }) =>
    maxSessionsPerUser === undefined && {
      setting: "maxSessionsPerUser",
      text: "A user may have any number of sessions. OWASP ASVS 7.1.2 asks to decide how many.",
    },
  ({ onStoreError }) =>
    onStoreError === "anonymous" && {
      setting: "onStoreError",
      text: "While the store is down, signed-in users look like visitors. Pages must not take that for a sign-out.",
    },
  cookieRule(/; *HttpOnly/i, "is readable by scripts: OWASP ASVS 3.3.4 asks for HttpOnly."),
  cookieRule(/; *Secure/i, "may travel over plain http: OWASP ASVS 3.3.1 asks for Secure."),
  cookieRule(/^__Host-/, "can be set by sibling hosts: OWASP ASVS 3.3.3 asks for the prefix __Host-."),
  cookieRule(/; *SameSite=(?:Lax|Strict)/i, "goes with requests of other sites: OWASP ASVS 3.3.2 asks for SameSite."),
];

function cookieRule(needed: RegExp, text: string): Rule {
  return ({ cookie }) => cookie !== undefined && !needed.test(cookie) && { setting: "cookie", text: `It ${text}` };
}

/** Where the policy in force is weaker than what OWASP (ASVS 5, Session Management Cheat Sheet) and NIST recommend. */
export const adviceFor = (policy: SessionPolicy): Advice[] =>
  rules.map((rule) => rule(policy)).filter((advice) => advice !== false);
