import type { HeaderEdit } from "../../types/transport.ts";
import type { HandlerResult } from "./handler-result.ts";
import { headerAfter, requestHeaders } from "./headers.ts";
import { respondToError, withEdits } from "./respond.ts";

const passThroughHeader = "x-middleware-next";
const renderedForOne = "private, no-cache, no-store, max-age=0, must-revalidate";
/** Lists the names of all request headers to pass on. The value of each is in a header of its own. */
const namesField = "x-middleware-override-headers";
const valueField = (name: string): string => `x-middleware-request-${name}`;

/** Returns the response of `NextResponse.next()`: the request continues to its route. */
export const passThrough = (): Response => new Response(null, { headers: { [passThroughHeader]: "1" } });

/**
 * Creates the response of `proxy.ts`. A request that continues carries the edits that the client will receive, so that
 * the page rendered now sees them, in the headers that `NextResponse.next({ request: { headers } })` would write.
 */
export async function forward(result: HandlerResult<Response>, edits: readonly HeaderEdit[]): Promise<Response> {
  if ("error" in result) return respondToError(result.error, edits);
  const response = withEdits(result.value, edits);
  const { headers } = response;
  if (!headers.has(passThroughHeader) && !headers.has("x-middleware-rewrite")) return response;
  // This header replaces that of Next.js, so it must be as strict as the one for a page rendered per request.
  if (edits.some(({ kind }) => kind === "private")) headers.set("cache-control", renderedForOne);
  overrideRequestHeaders(headers, await requestHeaders(), edits);
  return response;
}

function overrideRequestHeaders(headers: Headers, request: Headers, edits: readonly HeaderEdit[]): void {
  const sentEdits = edits.flatMap(({ kind, name }) =>
    kind === "cookie" ? "cookie" : kind === "set" ? name.toLowerCase() : [],
  );
  if (sentEdits.length === 0) return;
  if (!headers.has(namesField)) {
    for (const [name, value] of request) headers.set(valueField(name), value);
    headers.set(namesField, [...request.keys()].join(","));
  }
  const names = new Set(headers.get(namesField)?.split(","));
  for (const name of new Set(sentEdits)) {
    const value = headerAfter(name, headers.get(valueField(name)) ?? undefined, edits);
    names.delete(name);
    if (value === undefined) continue;
    headers.set(valueField(name), value);
    names.add(name);
  }
  headers.set(namesField, [...names].join(","));
}
