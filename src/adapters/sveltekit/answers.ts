import { parseSetCookie } from "cookie";
import { errorResponse } from "../../core/http/error-response.ts";
import { isError } from "../../core/language/shape.ts";
import { SessionError } from "../../types/errors.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { areForCaches, type Ended } from "../shared/locals.ts";
import { hiddenStatus } from "./status.ts";

/** The part of SvelteKit's `RequestEvent` that sessions need. */
export interface SvelteKitEvent {
  readonly request: Request;
  /** SvelteKit's `App.Locals`. */
  readonly locals: object;
  readonly cookies: { set(name: string, value: string, options: { path: string }): void };
  readonly isDataRequest: boolean;
  readonly isRemoteRequest?: boolean;
}

/** The status that decides about the session's changes. */
export function statusOf(ended: Ended, event: SvelteKitEvent): number | Promise<number> {
  if ("thrown" in ended) return statusOfThrown(ended.thrown);
  const isForClient = event.isDataRequest || event.isRemoteRequest === true;
  return isForClient && ended.response.ok ? hiddenStatus(ended.response) : ended.response.status;
}

/** What `redirect()` and `error()` throw is no `Error`; SvelteKit heeds the status of nothing else. */
function statusOfThrown(thrown: unknown): number {
  const { status } = Object(thrown) as { status?: unknown };
  const counts = typeof status === "number" && (!isError(thrown) || SessionError.is(thrown));
  return counts ? status : 500;
}

const locationOf = (thrown: unknown): unknown => (Object(thrown) as { location?: unknown }).location;

/** Cookies of the event go out with a redirect that is thrown. */
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
    // A hook threw after SvelteKit had made the response.
    return false;
  }
}

/** JSON for SvelteKit's client and for who prefers it, as SvelteKit's own answers to errors are. */
export function answer(error: unknown, { request, isDataRequest, isRemoteRequest }: SvelteKitEvent): Response {
  const location = locationOf(error);
  if (typeof location === "string") return new Response(null, { status: statusOfThrown(error), headers: { location } });
  const { status, headers, body } = errorResponse(error);
  const told = { message: body.trim(), ...(Object(error) as { body?: object }).body, status };
  const accept = request.headers.get("accept") ?? "";
  const wantsJson = isDataRequest || isRemoteRequest || (accept.includes("/json") && !accept.includes("/html"));
  if (!wantsJson) return new Response(`${told.message}\n`, { status, headers });
  // Navigation reads the first part of this, form actions and remote functions the second.
  return Response.json({ ...told, type: "error", error: told }, { status, headers: { "cache-control": "no-store" } });
}
