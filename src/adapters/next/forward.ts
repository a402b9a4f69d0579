import type { HeaderEdit } from "../../types/transport.ts";
import { answerThrown, edited } from "./answer.ts";
import type { Ended } from "./ended.ts";
import { headerAfter, requestHeaders } from "./headers.ts";

const passOn = "x-middleware-next";
const renderedForOne = "private, no-cache, no-store, max-age=0, must-revalidate";
/** The names of all headers that the request is to go on with; the value of each is in a header of its own. */
const namesField = "x-middleware-override-headers";
const valueField = (name: string): string => `x-middleware-request-${name}`;

/** What `NextResponse.next()` makes: the request goes on to where it was going. */
export const goOn = (): Response => new Response(null, { headers: { [passOn]: "1" } });

/**
 * What `proxy.ts` answers. A request that goes on goes on with what the client is told here, so that the page that renders
 * now sees it: in the headers that `NextResponse.next({ request: { headers } })` would write.
 */
export async function forward(ended: Ended<Response>, edits: readonly HeaderEdit[]): Promise<Response> {
  if ("error" in ended) return answerThrown(ended.error, edits);
  const response = edited(ended.value, edits);
  const { headers } = response;
  if (!headers.has(passOn) && !headers.has("x-middleware-rewrite")) return response;
  // What is said here is what is sent; it must be no less than Next.js would say of a page rendered for one visitor.
  if (edits.some(({ kind }) => kind === "private")) headers.set("cache-control", renderedForOne);
  tell(headers, await requestHeaders(), edits);
  return response;
}

function tell(headers: Headers, request: Headers, edits: readonly HeaderEdit[]): void {
  const told = edits.flatMap(({ kind, name }) =>
    kind === "cookie" ? "cookie" : kind === "set" ? name.toLowerCase() : [],
  );
  if (told.length === 0) return;
  if (!headers.has(namesField)) {
    for (const [name, value] of request) headers.set(valueField(name), value);
    headers.set(namesField, [...request.keys()].join(","));
  }
  const names = new Set(headers.get(namesField)?.split(","));
  for (const name of new Set(told)) {
    const value = headerAfter(name, headers.get(valueField(name)) ?? undefined, edits);
    names.delete(name);
    if (value === undefined) continue;
    headers.set(valueField(name), value);
    names.add(name);
  }
  headers.set(namesField, [...names].join(","));
}
