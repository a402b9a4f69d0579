/** A cookie as a browser stores it. */
export interface JarCookie {
  readonly name: string;
  readonly value: string;
  /** The host that set the cookie, or its `Domain` attribute. */
  readonly domain: string;
  /** True if the cookie is sent only to the host that set it. */
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: "lax" | "strict" | "none" | undefined;
  readonly partitioned: boolean;
  /** Epoch milliseconds; `undefined` for a cookie that lasts until the browser closes. */
  readonly expiresAt: number | undefined;
}

/** The cookies of one browser, for tests that span several requests. */
export interface Jar {
  /** Stores the `Set-Cookie` lines of a response from this URL. Ignores those that a browser would reject. */
  store(url: string | URL, lines: readonly string[]): void;
  /** Returns the `Cookie` header for a request to this URL; `undefined` if there is no cookie to send. */
  header(url: string | URL): string | undefined;
  /** Returns the unexpired cookies of all hosts. */
  cookies(): JarCookie[];
  clear(): void;
}

/**
 * Creates a cookie jar by the rules of RFC 6265bis section 5: host and path matching, expiry, Secure, name prefixes.
 * It does not know which page makes a request, so it stores SameSite without enforcing it.
 */
export function createJar({ clock = () => Date.now() }: { clock?: (() => number) | undefined } = {}): Jar {
  const kept = new Map<string, JarCookie>();

  const live = (): JarCookie[] => {
    const now = clock();
    for (const [key, cookie] of kept) if (cookie.expiresAt !== undefined && cookie.expiresAt <= now) kept.delete(key);
    return [...kept.values()];
  };

  const store = (url: URL, line: string): void => {
    const cookie = parseLine(line, url, clock());
    if (!cookie || !isAllowed(cookie, url)) return;
    // A cookie set over http must not shadow a Secure cookie (section 5.7, step 15).
    const overlays = (other: JarCookie) =>
      other.secure && other.name === cookie.name && related(other, cookie) && pathMatches(cookie.path, other.path);
    if (url.protocol !== "https:" && !cookie.secure && live().some(overlays)) return;
    // Setting an existing key of a Map keeps its position, so the order stays that of creation.
    kept.set(`${cookie.name};${cookie.domain};${cookie.hostOnly};${cookie.path}`, cookie);
  };

  return {
    store: (url, lines) => {
      for (const line of lines) store(new URL(url), line);
    },
    header: (url) => {
      const sent = live().filter((cookie) => matches(cookie, new URL(url)));
      sent.sort((a, b) => b.path.length - a.path.length);
      return sent.length > 0
        ? sent.map(({ name, value }) => (name ? `${name}=${value}` : value)).join("; ")
        : undefined;
    },
    cookies: live,
    clear: () => kept.clear(),
  };
}

const controls = /[^\P{Cc}\t]/u;
const maxDays = 400;

function parseLine(line: string, url: URL, now: number): JarCookie | undefined {
  if (controls.test(line)) return undefined;
  const [pair = "", ...rest] = line.split(";");
  const at = pair.indexOf("=");
  const name = pair.slice(0, Math.max(at, 0)).trim();
  const value = pair.slice(at + 1).trim();
  if (name + value === "" || name.length + value.length > 4096) return undefined;
  const attributes = new Map(rest.map(parseAttribute));
  const path = attributes.get("path") ?? "";
  if (/^__host-/i.test(name) && !attributes.has("path")) return undefined;
  const domain = domainOf(attributes.get("domain") ?? "", url);
  return {
    name,
    value,
    domain: domain || url.hostname,
    hostOnly: domain === "",
    path: path.startsWith("/") ? path : defaultPath(url),
    secure: attributes.has("secure"),
    httpOnly: attributes.has("httponly"),
    sameSite: /^(lax|strict|none)$/.exec(attributes.get("samesite")?.toLowerCase() ?? "")?.[0] as JarCookie["sameSite"],
    partitioned: attributes.has("partitioned"),
    expiresAt: expiryOf(attributes, now),
  };
}

function parseAttribute(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 0) return [text.trim().toLowerCase(), ""];
  return [text.slice(0, at).trim().toLowerCase(), text.slice(at + 1).trim()];
}

/**
 * Returns "" for a host-only cookie. A top-level name such as localhost always sets one (section 5.7, step 9).
 */
function domainOf(attribute: string, { hostname }: URL): string {
  const domain = attribute.replace(/^\./, "").toLowerCase();
  return domain === hostname && isTopLevel(domain) ? "" : domain;
}

/** Max-Age takes precedence over Expires; both are capped at 400 days (section 5.6). */
function expiryOf(attributes: ReadonlyMap<string, string>, now: number): number | undefined {
  const latest = now + maxDays * 86_400_000;
  const maxAge = attributes.get("max-age") ?? "";
  if (/^-?\d+$/.test(maxAge)) return Math.min(latest, Number(maxAge) > 0 ? now + Number(maxAge) * 1000 : 0);
  const expires = Date.parse(attributes.get("expires") ?? "");
  return Number.isNaN(expires) ? undefined : Math.min(latest, expires);
}

/** Returns whether a browser accepts this cookie from this URL (section 5.7). */
function isAllowed(cookie: JarCookie, url: URL): boolean {
  const { name, value, secure, hostOnly, path } = cookie;
  if (secure && url.protocol !== "https:") return false;
  if ((cookie.sameSite === "none" || cookie.partitioned) && !secure) return false;
  if (!hostOnly && !(domainMatches(url.hostname, cookie.domain) && !isTopLevel(cookie.domain))) return false;
  const prefixed = (name || value).toLowerCase();
  if (name === "" && /^__(secure|host)-/.test(prefixed)) return false;
  if (prefixed.startsWith("__secure-")) return secure;
  if (prefixed.startsWith("__host-")) return secure && hostOnly && path === "/";
  return true;
}

const isTopLevel = (domain: string): boolean => !domain.includes(".");

function matches(cookie: JarCookie, url: URL): boolean {
  const isHost = cookie.hostOnly ? url.hostname === cookie.domain : domainMatches(url.hostname, cookie.domain);
  return isHost && pathMatches(url.pathname, cookie.path) && (!cookie.secure || url.protocol === "https:");
}

function domainMatches(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && !/^[\d.]+$/.test(host) && !host.startsWith("["));
}

function pathMatches(path: string, cookiePath: string): boolean {
  if (path === cookiePath) return true;
  return path.startsWith(cookiePath) && (cookiePath.endsWith("/") || path[cookiePath.length] === "/");
}

const related = (a: JarCookie, b: JarCookie): boolean =>
  domainMatches(a.domain, b.domain) || domainMatches(b.domain, a.domain);

/** Returns the directory of the URL that set the cookie (section 5.1.4). */
function defaultPath({ pathname }: URL): string {
  return pathname.slice(0, Math.max(pathname.lastIndexOf("/"), 1));
}
