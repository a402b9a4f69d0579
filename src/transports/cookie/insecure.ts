import { signOfDistance } from "../../core/http/loopback.ts";
import { SessionError } from "../../types/errors.ts";
import type { RequestHead, UnreadToken } from "../../types/transport.ts";

const plainHttp = "came over plain http, where anybody on the way could read it";

/** Why no cookie is written into this answer. */
export function insecure(head: RequestHead): SessionError {
  return new SessionError(
    "INSECURE_TRANSPORT",
    `No session was stored and no cookie sent, because this request ${plainHttp}: ${whatWasSeen(head)}. ${whatToSet(head)} To send cookies over plain http all the same, as behind a port of a container in development, set cookie: { secure: false }.`,
  );
}

/** Why the cookie of this request was not read. */
export function unreadOverHttp(head: RequestHead): UnreadToken {
  return {
    code: "INSECURE_TRANSPORT",
    message: `A session cookie was not read, because it ${plainHttp}: ${whatWasSeen(head)}. ${whatToSet(head)} To read cookies over plain http all the same, set cookie: { secure: false }. This is said once.`,
  };
}

const whatWasSeen = (head: RequestHead): string => signOfDistance(head) ?? "its transport says so";

function whatToSet(head: RequestHead): string {
  const forwarded = head.header("x-forwarded-proto") ?? head.header("forwarded") ?? "";
  if (!/http/i.test(forwarded)) {
    return "If a proxy in front of this server terminates TLS, let it send X-Forwarded-Proto and set trustProxy: true.";
  }
  return /https/i.test(forwarded)
    ? "A proxy header says https, but is not trusted: set trustProxy to the number of proxies in front of this server."
    : "The proxy header also says http: let the proxy redirect to https, and check trustProxy.";
}

/**
 * Why a cookie came under a name that is not read.
 *
 * @param read the name that is read
 * @param came the name that it has
 */
export function otherName(read: string, came: string, https: boolean, rule: boolean | "auto"): UnreadToken {
  return {
    code: "OTHER_COOKIE_NAME",
    message: `A cookie came as ${came} and was not read, because this server reads ${read}. ${explanation(came, https, rule)} This is said once.`,
  };
}

function explanation(came: string, https: boolean, rule: boolean | "auto"): string {
  if (!came.startsWith("__")) {
    return 'It was sent while the cookie was not Secure, or had no prefix: over http, before trustProxy was set, or under cookie: { secure: false } or { prefix: "" }. Visitors get a new cookie when they sign in again.';
  }
  if (rule === false)
    return "Browsers got it while secure was not false: the option cookie: { secure: false } reads the name without a prefix.";
  return https || rule === true
    ? 'It was sent under another path, domain or prefix of the option cookie: __Host- stands where path is "/" and there is no domain, __Secure- elsewhere.'
    : "Such a cookie comes over https only, and this server saw http: if a proxy ends TLS, let it send X-Forwarded-Proto and set trustProxy.";
}
