import type { RequestHead } from "../../types/transport.ts";

/** A request of Node, Express, Koa (`ctx.req`) or Fastify. */
export interface NodeLikeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly socket?: { readonly encrypted?: boolean | undefined; readonly remoteAddress?: string | undefined };
}

/** A request of fetch, of `node:http` or Express, or the head that an adapter makes of one. */
export type AuditedRequest = Request | RequestHead | NodeLikeRequest;

export function headOf(request: AuditedRequest): RequestHead {
  if (!("headers" in request)) return request;
  const { headers, method = "GET", url = "/" } = request;
  if (isFetchHeaders(headers)) {
    return { method, url, encrypted: url.startsWith("https:"), header: (name) => headers.get(name) ?? undefined };
  }
  const { encrypted = false, remoteAddress } = (request as NodeLikeRequest).socket ?? {};
  const header = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === "object" ? value.join(", ") : value;
  };
  return { method, url, encrypted, peer: remoteAddress, header };
}

const isFetchHeaders = (headers: Request["headers"] | NodeLikeRequest["headers"]): headers is Request["headers"] =>
  typeof headers.get === "function";

/** The same request with these cookies only. */
export const withCookies = (head: RequestHead, cookies: string | undefined): RequestHead => ({
  ...head,
  header: (name) => (name === "cookie" ? cookies : head.header(name)),
});

/** The cookies of a request in their order, also several of one name. */
export function cookiesIn(head: RequestHead): { readonly name: string; readonly text: string }[] {
  return (head.header("cookie") ?? "").split(";").flatMap((part) => {
    const text = part.trim();
    const end = text.indexOf("=");
    return end < 1 ? [] : [{ name: text.slice(0, end).trim(), text }];
  });
}

/** The page as the browser sees it: a proxy that ends TLS says so. */
export function pageOf(head: RequestHead): URL {
  if (URL.canParse(head.url)) return new URL(head.url);
  const forwarded = head.header("x-forwarded-proto")?.split(",")[0]?.trim();
  const scheme = forwarded ?? (head.encrypted ? "https" : "http");
  const host = head.header("host") ?? "localhost";
  const address = `${scheme}://${host}${head.url}`;
  return new URL(URL.canParse(address) ? address : "http://localhost/");
}
