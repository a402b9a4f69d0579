import { parseSetCookie, type SetCookie } from "cookie";

/** What is wrong with a `Set-Cookie` line. fault: a browser drops the cookie · advice: it is weaker than it could be */
export interface CookieFinding {
  readonly state: "advice" | "fault";
  readonly message: string;
}

/** In bytes, for name and value together (RFC 6265bis section 5.6). */
const largest = 4_096;
const dayMs = 86_400_000;
const longestDays = 400;

/** What a browser would do with a `Set-Cookie` line of this page: nothing is returned if it keeps it and all is well. */
export function judgeCookie(line: string, page: URL, now: number): CookieFinding[] {
  const cookie = parseSetCookie(line);
  return [...dropped(cookie, page, now), ...weakened(cookie, page, now)];
}

const isLoopback = ({ hostname }: URL): boolean => /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);

function dropped(cookie: SetCookie, page: URL, now: number): CookieFinding[] {
  const { name, value = "", path, domain, secure = false, sameSite, partitioned } = cookie;
  const isHttps = page.protocol === "https:";
  const drop = (isBroken: boolean, why: string): CookieFinding[] =>
    isBroken ? [{ state: "fault", message: `A browser drops the cookie ${name}: ${why}` }] : [];
  const host = domain?.replace(/^\./, "").toLowerCase();
  return [
    ...drop(
      secure && !isHttps && !isLoopback(page),
      "it is Secure, and this page came over http. Serve it over https, or let the proxy redirect.",
    ),
    ...drop(sameSite === "none" && !secure, "SameSite=None needs Secure."),
    ...drop(partitioned === true && !secure, "Partitioned needs Secure."),
    ...drop(/^__(Host|Secure)-/i.test(name) && !secure, "its prefix needs Secure."),
    ...drop(/^__Host-/i.test(name) && (path !== "/" || domain !== undefined), "__Host- needs Path=/ and no Domain."),
    ...drop(
      host !== undefined && host !== page.hostname && !page.hostname.endsWith(`.${host}`),
      `its Domain ${host} is not that of the page. Leave out the Domain.`,
    ),
    ...drop(host !== undefined && !host.includes("."), "its Domain is a top-level domain. Leave it out."),
    ...drop(
      new TextEncoder().encode(name + value).length > largest,
      `it has more than ${largest} bytes. Keep less in the session, or use a store.`,
    ),
    ...drop(endOf(cookie, now) <= now, "it is sent as one that has expired. Is the clock of the server right?"),
  ];
}

function weakened(cookie: SetCookie, page: URL, now: number): CookieFinding[] {
  const { name, path = "/", domain, secure = false, httpOnly = false, sameSite } = cookie;
  const isHttps = page.protocol === "https:";
  const weak = (isWeak: boolean, why: string): CookieFinding[] =>
    isWeak ? [{ state: "advice", message: `The cookie ${name} ${why}` }] : [];
  return [
    ...weak(isHttps && !secure, "is not Secure: it also goes over http, where anybody can read it. Is trustProxy set?"),
    ...weak(!isHttps && !isLoopback(page), "came over http, where anybody on the way can read it."),
    ...weak(!httpOnly, "is not HttpOnly: a script in a page can read it."),
    ...weak(sameSite === undefined, "has no SameSite: some browsers send it with requests of other sites."),
    ...weak(
      sameSite === "none",
      "is SameSite=None: requests of other sites carry it, so forms need a token against CSRF.",
    ),
    ...weak(
      secure && domain === undefined && path === "/" && !/^__/.test(name),
      "has no prefix: a sibling host can set another of its name. Name it __Host-…",
    ),
    ...weak(domain !== undefined, "has a Domain: every host below it receives it and can set it."),
    ...weak(path !== "/", `goes only to pages below ${path}.`),
    ...weak(
      endOf(cookie, now) > now + longestDays * dayMs + dayMs,
      `asks for more than ${longestDays} days, which browsers shorten.`,
    ),
  ];
}

function endOf({ maxAge, expires }: SetCookie, now: number): number {
  if (maxAge !== undefined) return now + maxAge * 1_000;
  return expires === undefined ? now + 1 : expires.getTime();
}
