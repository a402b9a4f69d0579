import { checkKeys, type Known, kindOf } from "../../core/language/known-keys.ts";
import { invalidOption, SessionError } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { submittedToken } from "./form.ts";
import { type CarriedRequest, headOf } from "./head.ts";
import { type Head, isSafe, senderOf } from "./origin.ts";
import { type CsrfSecret, isSecretFor, isTokenOf, maskSecret, newSecret, signInOf } from "./token.ts";

/** Options of `csrf()`. */
export interface CsrfOptions {
  /**
   * Further origins whose pages may send requests here, such as "https://admin.example.com"; also this application's own
   * if a proxy rewrites `Host` and a browser sends no `Sec-Fetch-Site`. @default none
   */
  readonly trustedOrigins?: readonly string[] | undefined;
  /**
   * When a request must carry the session's token. "always": also from the application's own pages. "unknown-sender":
   * only if neither `Sec-Fetch-Site` nor `Origin` tells which page made it. @default "always"
   */
  readonly requireToken?: "always" | "unknown-sender" | undefined;
  /** The key in the session's data that holds the secret. @default "csrf" */
  readonly key?: string | undefined;
}

/** Protects the forms and the scripts of one application against requests that other sites make in its visitors' name. */
export interface Csrf {
  /**
   * Returns a token for a form or a script of this visitor: put it into a hidden field `_csrf`, or send it as the header
   * `X-CSRF-Token`. It stays good until the next login, logout or `regenerate()`. The first call stores the session.
   *
   * @param carrier the request, as for `sessions.get()`
   */
  token(carrier: object): Promise<string>;
  /**
   * Checks a request before anything is changed. GET, HEAD, OPTIONS and TRACE pass, so they must change nothing.
   *
   * @param request a `Request`, or a request of Node or of a framework on it
   * @param submitted the token that came in the body. @default the header `X-CSRF-Token`
   *
   * @example
   * protection.check(req, req.body._csrf);
   *
   * @throws SessionError CROSS_SITE_REQUEST
   */
  check(request: CarriedRequest, submitted?: unknown): void;
  /**
   * Checks a `Request`. Without the header `X-CSRF-Token` it reads the field `_csrf` from a copy of a form's body. That
   * holds the whole form in memory: for uploads send the header, or parse the form first and call `check`.
   *
   * @throws SessionError CROSS_SITE_REQUEST
   */
  checkForm(request: Request): Promise<void>;
}

const known: Known<CsrfOptions> = { trustedOrigins: true, requireToken: true, key: true };

/**
 * Creates the protection against cross-site request forgery (OWASP ASVS 5, section 3.5) for the sessions of a manager:
 * it refuses what another site's page sends, and asks for a token that is bound to the session. A stolen token opens
 * nothing. Sessions that travel in a header need no such protection.
 *
 * @example
 * const protection = csrf(sessions);
 * app.get("/settings", async (req, res) => res.send(form(await protection.token(req))));
 * app.post("/settings", (req, res) => {
 *   protection.check(req, req.body._csrf);
 *   save(req.body);
 * });
 *
 * @throws SessionError INVALID_OPTION
 */
export function csrf<Data extends object>(sessions: SessionManager<Data>, options: CsrfOptions = {}): Csrf {
  checkKeys(options, known, "csrf()");
  const { requireToken = "always", key = "csrf" } = options;
  if (requireToken !== "always" && requireToken !== "unknown-sender") {
    throw invalidOption(`requireToken must be "always" or "unknown-sender" and is ${kindOf(requireToken)}.`);
  }
  const trusted = new Set((options.trustedOrigins ?? []).map(checkOrigin));
  const sessionOf = (carrier: object): Session<Record<string, unknown>> =>
    sessions.get(carrier) as unknown as Session<Record<string, unknown>>;

  function check(request: CarriedRequest, head: Head, submitted: unknown): void {
    if (isSafe(head)) return;
    const sender = senderOf(head, trusted);
    if (sender === "foreign")
      throw refused(
        "The page that made it belongs to another site. If that site is yours, name its origin in trustedOrigins.",
      );
    if (sender === "own" && requireToken === "unknown-sender") return;
    if (typeof submitted !== "string" || submitted === "") {
      throw refused(
        "It carries no token. Put csrf().token(request) into a hidden field _csrf or the header X-CSRF-Token.",
      );
    }
    const session = sessionOf(request);
    const secret = session.get(key);
    if (!isSecretFor(signInOf(session), secret) || !isTokenOf(secret, submitted)) {
      throw refused(
        "Its token is not this session's: the page is from before a login or logout, or was made for another visitor. Load the page again.",
      );
    }
  }

  return {
    token: async (carrier) => {
      const session = sessionOf(carrier);
      const signIn = signInOf(session);
      const secret = session.get(key);
      if (isSecretFor(signIn, secret)) return maskSecret(secret);
      const fresh = newSecret(signIn);
      // Parallel first pages agree on one secret.
      const agreed = await session.update(key, (now) => (isSecretFor(signIn, now) ? now : fresh));
      return maskSecret(agreed as CsrfSecret);
    },
    check: (request, submitted) => {
      const head = headOf(request);
      check(request, head, submitted ?? head.header("x-csrf-token"));
    },
    checkForm: async (request) => {
      const head = headOf(request);
      check(request, head, isSafe(head) ? undefined : await submittedToken(request));
    },
  };
}

function checkOrigin(given: unknown): string {
  const origin = typeof given === "string" ? given.toLowerCase() : "";
  if (/^https?:\/\/[^/?#\s]+$/.test(origin)) return origin;
  throw invalidOption('trustedOrigins must list origins such as "https://admin.example.com", without a path.');
}

const refused = (reason: string): SessionError =>
  new SessionError("CROSS_SITE_REQUEST", `This request was refused before it changed anything. ${reason}`);
