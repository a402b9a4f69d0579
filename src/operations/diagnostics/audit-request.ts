import type { RejectReason, SessionEvent } from "../../types/events.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { type CookieFinding, judgeCookie } from "../shared/judge-cookie.ts";
import { refusalHelp } from "../shared/refusal-help.ts";
import { type AuditedRequest, cookiesIn, headOf, pageOf, withCookies } from "./audit-head.ts";
import { openAlone } from "./open-alone.ts";

/** Tells what becomes of one token that came with a request. */
export interface TokenAudit {
  /** The name of its cookie. `undefined`: it came in another header. */
  readonly cookie: string | undefined;
  /** `ignored`: the manager does not read this cookie from this request. */
  readonly verdict: "opened" | "refused" | "ignored";
  /** The session, where it is known. */
  readonly id: string | undefined;
  readonly reason: RejectReason | undefined;
  /** Says why it opens nothing. */
  readonly cause: string | undefined;
  /** Says what to do, if it should have opened something. */
  readonly cure: string | undefined;
}

/** Tells what a browser does with one `Set-Cookie` line of the response. */
export interface SetCookieAudit {
  readonly cookie: string;
  readonly isKept: boolean;
  /** Says why it drops the cookie, and what weakens it. */
  readonly findings: readonly CookieFinding[];
}

/** Describes a request as its sessions see it. Holds no token and no value. */
export interface RequestAudit {
  /** The manager's name. */
  readonly name: string;
  /**
   * The session that the request has. `undefined`: none, so that its handler gets a new, empty
   * one, unless the request has the session of another library.
   */
  readonly session: { readonly id: string; readonly userId: string | undefined; readonly expiresAt: Date } | undefined;
  readonly tokens: readonly TokenAudit[];
  /** What the manager warned of, if it had not done so before. */
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  /** Empty unless the headers of the response were given. */
  readonly setCookies: readonly SetCookieAudit[];
}

/** Options of `auditRequest()`. */
export interface AuditOptions {
  /** The headers of the response, or its `Set-Cookie` lines. */
  readonly response?: Headers | readonly string[] | undefined;
}

/**
 * Says which tokens came with a request, which of them opens a session, which is refused and why, and what a browser
 * does with the cookie of the response. For development: each token is presented to the manager, which asks the store
 * and tells its observers. Cookies under other names than the manager's are not looked at, so that no session of another
 * library (`legacy`) is taken over. Nothing is written, except where the request itself would: with `onReuse: "end"` a
 * copied token ends its session, and an old session whose cookie has the manager's own name is taken over.
 *
 * @example
 * const { session, tokens } = await auditRequest(sessions, request);
 * if (!session) console.log(tokens);
 *
 * @throws SessionError STORE_UNAVAILABLE
 */
export async function auditRequest<Data extends object>(
  sessions: SessionManager<Data>,
  request: AuditedRequest,
  options: AuditOptions = {},
): Promise<RequestAudit> {
  const manager = sessions as unknown as SessionManager;
  const head = headOf(request);
  const isOwn = ownNames(sessions.name);
  const bare = await openAlone(manager, withCookies(head, undefined));
  const elsewhere = bare.events.find(isVerdict);
  const events = [...bare.events];
  const tokens: TokenAudit[] = elsewhere ? [judged(undefined, elsewhere)] : [];
  const cookies = cookiesIn(head).filter(({ name }) => isOwn(name));
  for (const { name, text } of cookies) {
    const alone = await openAlone(manager, withCookies(head, text));
    events.push(...alone.events);
    const verdict = alone.events.find(isVerdict);
    tokens.push(judged(name, isSame(verdict, elsewhere) ? undefined : verdict));
  }
  // Without the cookies of other libraries, whose sessions would be taken over.
  const texts = cookies.map(({ text }) => text);
  const whole = await openAlone(manager, withCookies(head, texts.length > 0 ? texts.join("; ") : undefined));
  events.push(...whole.events);
  const { id, userId, expiresAt } = whole.session;
  return {
    name: sessions.name,
    session: whole.events.some(({ type }) => type === "opened") ? { id: String(id), userId, expiresAt } : undefined,
    tokens,
    warnings: events.flatMap((event) =>
      event.type === "warning" ? [{ code: event.code, message: event.message }] : [],
    ),
    setCookies: linesOf(options.response)
      .filter((line) => isOwn(line.slice(0, line.indexOf("=")).trim()))
      .map((line) => setCookie(line, pageOf(head))),
  };
}

type Verdict = Extract<SessionEvent, { readonly type: "opened" | "refused" }>;

const isVerdict = (event: SessionEvent): event is Verdict => event.type === "opened" || event.type === "refused";

/** Whether a token in another header came before the cookie. */
const isSame = (one: Verdict | undefined, other: Verdict | undefined): boolean =>
  one?.type === other?.type && one?.id === other?.id;

/** A cookie may have been set under another prefix than is read now. */
const ownNames = (name: string): ((cookie: string) => boolean) => {
  const own = ["", "__Host-", "__Secure-"].map((prefix) => prefix + name);
  return (cookie) => own.includes(cookie);
};

function judged(cookie: string | undefined, event: Verdict | undefined): TokenAudit {
  const none = { cookie, id: undefined, reason: undefined, cause: undefined, cure: undefined };
  if (!event) {
    return {
      ...{ ...none, verdict: "ignored" },
      cause: "this server reads another cookie, or another header, from this request.",
      cure: "Behind a proxy that ends TLS set trustProxy: the name begins with __Host- only over https. If this is right, the cookie is left from another set-up.",
    };
  }
  if (event.type === "opened") return { ...none, verdict: "opened", id: event.id };
  return { cookie, verdict: "refused", id: event.id, reason: event.reason, ...refusalHelp[event.reason] };
}

function linesOf(response: AuditOptions["response"]): readonly string[] {
  return response === undefined ? [] : "getSetCookie" in response ? response.getSetCookie() : response;
}

function setCookie(line: string, page: URL): SetCookieAudit {
  const findings = judgeCookie(line, page, Date.now());
  const isKept = !findings.some(({ state }) => state === "fault");
  return { cookie: line.slice(0, line.indexOf("=")).trim(), isKept, findings };
}
