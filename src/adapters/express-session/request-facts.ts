import { isEncrypted } from "../node/request.ts";
import type { SessionRequest } from "./types.ts";

/**
 * Returns whether the client used https.
 *
 * @param proxy true: `X-Forwarded-Proto` says so. false: only the connection does. `undefined`: `req.secure` of Express
 */
export function isSecure(req: SessionRequest, proxy: boolean | undefined): boolean {
  if (isEncrypted(req)) return true;
  if (proxy === undefined) return req.secure === true;
  if (!proxy) return false;
  const [first = ""] = String(req.headers["x-forwarded-proto"] ?? "").split(",", 1);
  return first.trim().toLowerCase() === "https";
}

/** Returns whether a browser sends a cookie with this path in such a request (RFC 6265 section 5.1.4). */
export function isBelow(req: SessionRequest, path: string): boolean {
  const requested = pathOf(req.originalUrl ?? req.url ?? "");
  if (!requested.startsWith(path)) return false;
  return path.endsWith("/") || requested.length === path.length || requested[path.length] === "/";
}

/** A request target is a path, or an absolute URL. */
function pathOf(target: string): string {
  const [path = ""] = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").split(/[?#]/, 1);
  return path === "" ? "/" : path;
}
