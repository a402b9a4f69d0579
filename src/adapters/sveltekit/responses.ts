import { parseSetCookie } from "cookie";
import { errorResponse } from "../../core/http/error-response.ts";
import { isError } from "../../core/language/shape.ts";
import { SessionError } from "../../types/errors.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { areForCaches, type HandlerResult } from "../shared/locals.ts";
import { hiddenStatus } from "./status.ts";

/** The used part of SvelteKit's `RequestEvent`. */
export interface SvelteKitEvent {
  readonly request: Request;
  /** SvelteKit's `App.Locals`. */
  readonly locals: object;
  readonly cookies: { set(name: string, value: string, options: { path: string }): void };
  readonly isDataRequest: boolean;
  readonly isRemoteRequest?: boolean;
}

/** Returns the status that decides whether the session's changes are kept. */
export function statusOf(result: HandlerResult, event: SvelteKitEvent): number | Promise<number> {
  if ("thrown" in result) return statusOfThrown(result.thrown);
  const isForClient = event.isDataRequest || event.isRemoteRequest === true;
  return isForClient && result.response.ok ? hiddenStatus(result.response) : result.response.status;
}

/** `redirect()` and `error()` throw values that are not `Error`s. SvelteKit respects only their status. */
function statusOfThrown(thrown: unknown): number {
  const { status } = Object(thrown) as { status?: unknown };
  const counts = typeof status === "number" && (!isError(thrown) || SessionError.is(thrown));
  return counts ? status : 500;
}

const locationOf = (thrown: unknown): unknown => (Object(thrown) as { location?: unknown }).location;

/**
 * Adds the edits to the cookies of the event, which SvelteKit sends with a thrown redirect. Returns false if it cannot.
 */
export function carry(thrown: unknown, edits: readonly HeaderEdit[], { cookies }: SvelteKitEvent): boolean {
  if (areForCaches(edits)) return true;
  if (locationOf(thrown) === undefined || edits.some(({ kind }) => kind === "set")) return false;
  try {
    for (const edit of edits) {
      if (edit.kind !== "cookie") continue;
      const { name, value = "", path = "/", ...rest } = parseSetCookie(edit.value, { decode: String });
      const withoutDefaults = { httpOnly: false, secure: false, sameSite: false, encode: String };
      cookies.set(name, value, { ...withoutDefaults, ...rest, path });
    }
    return true;
  } catch {
    // A hook threw after SvelteKit had created the response.
    return false;
  }
}

/** Creates an error response: JSON for SvelteKit's client and for clients that prefer it, as SvelteKit does. */
export function respond(error: unknown, { request, isDataRequest, isRemoteRequest }: SvelteKitEvent): Response {
  const location = locationOf(error);
  if (typeof location === "string") return new Response(null, { status: statusOfThrown(error), headers: { location } });
  const { status, headers, body } = errorResponse(error);
  const details = { message: body.trim(), ...(Object(error) as { body?: object }).body, status };
  const accept = request.headers.get("accept") ?? "";
  const wantsJson = isDataRequest || isRemoteRequest || (accept.includes("/json") && !accept.includes("/html"));
  if (!wantsJson) return new Response(`${details.message}\n`, { status, headers });
  // Navigation reads the first part of this, form actions and remote functions the second.
  return Response.json(
    { ...details, type: "error", error: details },
    { status, headers: { "cache-control": "no-store" } },
  );
}
