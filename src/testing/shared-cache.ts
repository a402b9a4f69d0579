import { type Directive, directivesOf } from "../core/http/cache-control.ts";
import { splitHeaderList } from "../core/http/header-list.ts";

/** Options of `createSharedCache()`. */
export interface SharedCacheOptions {
  /** Returns the time in epoch milliseconds. @default Date.now */
  readonly clock?: (() => number) | undefined;
  /** Headers that take precedence over `Cache-Control`, the most important first. @default all known ones */
  readonly fields?: readonly string[] | undefined;
  /** How many seconds to keep a response without explicit lifetime. @default 0: not at all */
  readonly defaultLifetime?: number | undefined;
  /** Keeps one response for all requests despite `Vary`, as some networks do. @default false */
  readonly ignoresVary?: boolean | undefined;
}

/** A cache that many users share, such as a proxy or a content delivery network. */
export interface SharedCache {
  /** Returns a cached response, or asks the server. The header `Cache-Status` says which (RFC 9211). */
  fetch(request: Request, server: (request: Request) => Response | Promise<Response>): Promise<Response>;
  clear(): void;
}

interface CacheEntry {
  readonly response: Response;
  readonly freshUntil: number;
  /** The values of the request headers named by `Vary`. */
  readonly selectedBy: ReadonlyMap<string, string | null>;
}

const knownFields = [
  "x-accel-expires",
  "edge-control",
  "surrogate-control",
  "cloudflare-cdn-cache-control",
  "vercel-cdn-cache-control",
  "netlify-cdn-cache-control",
  "cdn-cache-control",
];

/**
 * Creates a shared cache by the rules of RFC 9111, for tests of what an application reveals to other users. It stores
 * every response that it may store. It does not revalidate: it fetches stale responses again.
 */
export function createSharedCache({
  clock = () => Date.now(),
  fields = knownFields,
  defaultLifetime = 0,
  ignoresVary = false,
}: SharedCacheOptions = {}): SharedCache {
  const kept = new Map<string, CacheEntry[]>();

  const find = (request: Request): CacheEntry | undefined =>
    kept.get(request.url)?.find(({ freshUntil, selectedBy }) => {
      const isSelected = [...selectedBy].every(([name, value]) => request.headers.get(name) === value);
      return freshUntil > clock() && (ignoresVary || isSelected);
    });

  const keep = async (request: Request, response: Response): Promise<Response> => {
    const rules = rulesOf(response.headers, fields);
    const seconds = mayKeep(request, response, rules) ? lifetimeOf(response, rules, clock(), defaultLifetime) : 0;
    if (seconds <= 0) return response;
    const body = await response.arrayBuffer();
    const headers = new Headers(response.headers);
    for (const { name, fields: limited } of rules.directives) {
      if (name === "private" || name === "no-cache") for (const field of limited ?? []) headers.delete(field);
    }
    const names = splitHeaderList((response.headers.get("vary") ?? "").toLowerCase(), ",");
    const selectedBy = new Map(names.map((name) => [name, request.headers.get(name)]));
    const entry = { response: new Response(body, { status: response.status, headers }), selectedBy };
    kept.set(request.url, [{ ...entry, freshUntil: clock() + seconds * 1000 }, ...(kept.get(request.url) ?? [])]);
    return new Response(body, response);
  };

  return {
    fetch: async (request, server) => {
      const found = request.method === "GET" ? find(request) : undefined;
      if (found) return withCacheStatus(found.response.clone(), "hit");
      const response = await server(request);
      if (request.method === "GET") return withCacheStatus(await keep(request, response), "fwd=miss");
      if (request.method !== "HEAD" && response.status < 400) kept.delete(request.url);
      return withCacheStatus(response, "fwd=method");
    },
    clear: () => kept.clear(),
  };
}

interface Rules {
  readonly directives: readonly Directive[];
  /** The header that takes precedence; `undefined` means `Cache-Control`. */
  readonly field: string | undefined;
  readonly value: string;
}

function rulesOf(headers: Headers, fields: readonly string[]): Rules {
  const field = fields.find((name) => headers.has(name));
  const value = headers.get(field ?? "cache-control") ?? "";
  return { field, value, directives: field === "x-accel-expires" ? [] : directivesOf(value) };
}

/** RFC 9111 section 3. */
function mayKeep(request: Request, { headers }: Response, { directives }: Rules): boolean {
  const has = (...names: string[]): boolean =>
    directives.some(({ name, fields }) => fields === undefined && names.includes(name));
  if (has("private", "no-cache") || (has("no-store") && !has("must-understand"))) return false;
  if (headers.get("vary")?.includes("*")) return false;
  return (
    !request.headers.has("authorization") ||
    secondsOf(directives, "s-maxage") !== undefined ||
    has("public", "must-revalidate")
  );
}

const heuristic: ReadonlySet<number> = new Set([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501]);

/** Returns the freshness lifetime in seconds (RFC 9111 section 4.2.1). */
function lifetimeOf({ status, headers }: Response, rules: Rules, now: number, otherwise: number): number {
  if (rules.field === "x-accel-expires") return Number(rules.value) || 0;
  for (const name of ["cache-maxage", "s-maxage", "max-age"]) {
    const seconds = secondsOf(rules.directives, name);
    if (seconds !== undefined) return seconds;
  }
  const expires = rules.field === undefined ? headers.get("expires") : null;
  if (expires !== null) return (Date.parse(expires) - now) / 1000 || 0;
  return heuristic.has(status) ? otherwise : 0;
}

function secondsOf(directives: readonly Directive[], wanted: string): number | undefined {
  const found = directives.find(({ name }) => name === wanted);
  const seconds = Number.parseInt(found?.text.split("=")[1]?.replaceAll('"', "") ?? "", 10);
  return Number.isNaN(seconds) ? undefined : seconds;
}

function withCacheStatus(response: Response, status: string): Response {
  const own = new Response(response.body, response);
  own.headers.set("cache-status", `coatcheck; ${status}`);
  return own;
}
