import { parseSetCookie, type SetCookie } from "cookie";
import { SessionError } from "../../types/errors.ts";
import type { HeaderEdit } from "../../types/transport.ts";

/** The used part of `next/headers`. Both functions return the same object for all of a request. */
interface NextHeaders {
  headers(): Promise<Headers>;
  cookies(): Promise<{ set(cookie: SetCookie): unknown }>;
}

/** Imported per request, because only applications have it; by its file name, because the package has no `exports`. */
async function nextHeaders(): Promise<NextHeaders> {
  // @ts-expect-error: Next.js is not installed here, it is the application's.
  return import("next/headers.js");
}

/** Returns the headers of the current request. */
export async function requestHeaders(): Promise<Headers> {
  return (await nextHeaders()).headers();
}

/**
 * Sets cookies on a response that Next.js creates.
 *
 * @throws SessionError NOT_SUPPORTED for other headers, which cannot be set on such a response
 */
export async function setCookies(edits: readonly HeaderEdit[]): Promise<void> {
  const jar = await (await nextHeaders()).cookies();
  for (const { kind, name, value } of edits) {
    if (kind === "cookie") jar.set(parseSetCookie(value));
    if (kind === "set") throw notSupported(name);
  }
}

function notSupported(name: string): SessionError {
  return new SessionError(
    "NOT_SUPPORTED",
    `The session was stored with a new token, but Next.js accepts only cookies for the response to a Server Function or to a thrown redirect(), so the header "${name}" cannot be set. Return a response from a Route Handler, or use the cookie transport.`,
  );
}

/** Returns a request header as the client will send it after it has received these edits. */
export function headerAfter(
  name: string,
  value: string | undefined,
  sentEdits: readonly HeaderEdit[],
): string | undefined {
  if (name === "cookie") return sentEdits.filter(({ kind }) => kind === "cookie").reduce(withCookie, value);
  return sentEdits.findLast((edit) => edit.kind === "set" && edit.name.toLowerCase() === name)?.value ?? value;
}

function withCookie(header: string | undefined, { name, value: line }: HeaderEdit): string | undefined {
  const pairs = (header ?? "").split(/;\s*/).filter((pair) => pair !== "" && pair.split("=", 1)[0] !== name);
  const [pair = "", ...attributes] = line.split(/;\s*/);
  if (!attributes.some((attribute) => /^max-age=0$/i.test(attribute))) pairs.push(pair);
  return pairs.length > 0 ? pairs.join("; ") : undefined;
}
