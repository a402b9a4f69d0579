import type { H3Event } from "h3";

/** What a handler cannot do with the session; compiled only. */
export function misuse({ context }: H3Event): void {
  // @ts-expect-error: views is a number
  context.session.set("views", "1");
  // @ts-expect-error: there is no such key
  context.session.get("visits");
  // @ts-expect-error: nothing is mounted by assigning
  context.session = sessions.get({});
}
