import { parseSetCookie, type SetCookie } from "cookie";
import { SessionError } from "../../types/errors.ts";
import type { HeaderEdit } from "../../types/transport.ts";

/** What is used of `next/headers`. Both give one and the same object during a request. */
interface NextHeaders {
  headers(): Promise<Headers>;
  cookies(): Promise<{ set(cookie: SetCookie): unknown }>;
}

/** Imported when a request comes: outside of an application there is none. By its file, because the package has no `exports`. */
async function nextHeaders(): Promise<NextHeaders> {
  // @ts-expect-error: Next.js is not installed here, it is the application's.
  return import("next/headers.js");
}

/** The headers of the request that is being answered. */
export async function requestHeaders(): Promise<Headers> {
  return (await nextHeaders()).headers();
}

/**
 * Puts cookies on a response that Next.js makes by itself.
 *
 * @throws SessionError NOT_SUPPORTED for what is no cookie: no other header can be set on such a response
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
    `The session has a new token, and Next.js takes nothing but cookies for the response to a Server Function or to a redirect() that is thrown, so that the header "${name}" cannot be set. Return a response from a Route Handler, or use the cookie transport.`,
  );
}

/** A request header as the client will send it from now on, which is told these edits by the response. */
export function headerAfter(name: string, value: string | undefined, told: readonly HeaderEdit[]): string | undefined {
  if (name === "cookie") return told.filter(({ kind }) => kind === "cookie").reduce(withCookie, value);
  return told.findLast((edit) => edit.kind === "set" && edit.name.toLowerCase() === name)?.value ?? value;
}

function withCookie(header: string | undefined, { name, value: line }: HeaderEdit): string | undefined {
  const pairs = (header ?? "").split(/;\s*/).filter((pair) => pair !== "" && pair.split("=", 1)[0] !== name);
  const [pair = "", ...attributes] = line.split(/;\s*/);
  if (!attributes.some((attribute) => /^max-age=0$/i.test(attribute))) pairs.push(pair);
  return pairs.length > 0 ? pairs.join("; ") : undefined;
}
