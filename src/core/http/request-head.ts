import type { RequestHead } from "../../types/transport.ts";
import { splitHeaderList } from "./header-list.ts";

export function isRequestHead(request: Request | RequestHead): request is RequestHead {
  return "header" in request && typeof request.header === "function";
}

/** @param peer the address of the other end of the connection, where the adapter knows it */
export function requestHead(request: Request, peer?: string | undefined): RequestHead {
  const { method, url, headers } = request;
  return {
    method,
    url,
    peer,
    encrypted: url.startsWith("https:"),
    header: (name) => headers.get(name) ?? undefined,
  };
}

/**
 * Returns whether the client's connection is https. With n trusted proxies, the n-th header entry from the right
 * counts: entries further left can be forged by the client.
 */
export function isSecure(head: RequestHead, trustProxy: number): boolean {
  const protocol = trustProxy > 0 ? forwardedProtocol(head, trustProxy)?.toLowerCase() : undefined;
  return protocol === undefined ? head.encrypted : protocol === "https" || protocol === "wss";
}

function forwardedProtocol(head: RequestHead, hops: number): string | undefined {
  const simple = entry(head.header("x-forwarded-proto"), hops);
  if (simple !== undefined) return simple;
  const element = entry(head.header("forwarded"), hops);
  const pair = element && splitHeaderList(element, ";").find((part) => /^proto=/i.test(part));
  return pair?.slice("proto=".length).replace(/^"(.*)"$/, "$1");
}

/**
 * Returns the n-th entry from the right. With fewer entries, a trusted proxy did not append its own: use the leftmost.
 */
function entry(header: string | undefined, hops: number): string | undefined {
  if (header === undefined) return undefined;
  const entries = splitHeaderList(header, ",");
  return entries[Math.max(0, entries.length - hops)];
}
