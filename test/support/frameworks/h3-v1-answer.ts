import { Readable } from "node:stream";
import type { AdapterApp } from "coatcheck/testing";

type Reply = Awaited<ReturnType<AdapterApp[string]>>;

/** What is used of h3 1, of which Nuxt has one of its own. */
interface H3<Event> {
  sendRedirect(event: Event, location: string, status: number): unknown;
  setResponseStatus(event: Event, status: number): void;
  setResponseHeaders(event: Event, headers: Readonly<Record<string, string>>): void;
}

/** Answers in the ways that h3 offers to its handlers. */
export function answer<Event>(h3: H3<Event>, event: Event, { status = 200, headers = {}, body = "" }: Reply): unknown {
  if (headers.location) return h3.sendRedirect(event, headers.location, status);
  h3.setResponseStatus(event, status);
  h3.setResponseHeaders(event, headers);
  if (status === 204 || status === 304) return null;
  return typeof body === "string" ? body : Readable.toWeb(Readable.from(body));
}
