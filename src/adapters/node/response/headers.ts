import type { HeaderTarget } from "../../../core/http/header-edits.ts";
import type { NodeResponse } from "../types.ts";

/** Returns the headers of a Node response as a target for header edits. */
export function headersOf(res: NodeResponse): HeaderTarget {
  const lines = (name: string): string[] => {
    const value = res.getHeader(name);
    return value === undefined ? [] : [value].flat().map(String);
  };
  return {
    get: (name) => (res.hasHeader(name) ? lines(name).join(", ") : undefined),
    names: () => res.getHeaderNames(),
    set: (name, value) => res.setHeader(name, value),
    getSetCookie: () => lines("set-cookie"),
    setSetCookie: (values) => res.setHeader("set-cookie", values),
  };
}

type Value = number | string | readonly string[];

/**
 * Applies the arguments of `writeHead(status, reason?, headers?)` to the response itself, where the commit can still
 * change them. Returns the status, or `undefined` for one that Node will reject.
 */
export function applyHead(res: NodeResponse, args: readonly unknown[]): number | undefined {
  const status = Number(args[0]) | 0;
  if (status < 100 || status > 999) return undefined;
  const reason = typeof args[1] === "string" ? args[1] : undefined;
  const headers = args[2] ?? (reason === undefined ? args[1] : undefined);
  if (Array.isArray(headers)) setPairs(res, pairsOf(headers));
  else if (headers) for (const [name, value] of Object.entries(headers)) if (name) res.setHeader(name, value);
  res.statusCode = status;
  if (reason !== undefined) setStatusMessage(res, reason);
  return status;
}

/** Node accepts `[name, value, name, value, …]` and `[[name, value], …]`. Names may repeat in both. */
function pairsOf(headers: readonly unknown[]): [string, Value][] {
  if (Array.isArray(headers[0])) return headers as [string, Value][];
  if (headers.length % 2 === 1) {
    throw Object.assign(
      new TypeError(
        "The list of headers given to writeHead() has a name without a value. The headers were not set. Pass a value for each name.",
      ),
      {
        code: "ERR_INVALID_ARG_VALUE",
      },
    );
  }
  return headers.flatMap((name, at) => (at % 2 === 0 ? [[name as string, headers[at + 1] as Value] as const] : []));
}

function setPairs(res: NodeResponse, pairs: readonly (readonly [string, Value])[]): void {
  for (const [name] of pairs) res.removeHeader(name);
  for (const [name, value] of pairs) res.appendHeader(name, value as string);
}

/** Headers that describe the discarded response and would be wrong for another one. */
const representation =
  /^(content-(?!security-policy)|(etag|last-modified|expires|location|transfer-encoding|cache-control|accept-ranges)$)/i;

/** Removes the headers of the discarded response and sets the status of the error response. */
export function clearResponse(res: NodeResponse, status: number): void {
  for (const name of res.getHeaderNames()) if (representation.test(name)) res.removeHeader(name);
  res.statusCode = status;
  setStatusMessage(res, "");
}

/** HTTP/2 has no status message, and Node warns about any use of it. */
function setStatusMessage(res: NodeResponse, message: string): void {
  if (res.req.httpVersionMajor < 2) res.statusMessage = message;
}
