import { statusOf } from "../../core/http/error-response.ts";
import { editHeaders } from "../../core/http/header-edits.ts";
import type { PendingResponse } from "../../types/outcome.ts";
import type { OpenSession } from "../../types/sessions.ts";
import { clearResponse, headersOf } from "../node/response/headers.ts";
import type { NodeResponse } from "../node/types.ts";
import { originalStatus } from "../shared/original-status.ts";

/** The stand-in for a Node response on other runtimes. Nothing is sent before the h3 handler returns. */
type Buffered = NodeResponse & { _data: unknown; headersSent: boolean; writableEnded: boolean };

export const isBuffered = (res: NodeResponse): res is Buffered => "__unenv__" in res;

/** Commits after the handler returns. A failed commit discards the response and throws, for h3 to handle. */
export async function commitBuffered(
  res: Buffered,
  commit: OpenSession<object>["commit"],
  handle: () => unknown,
): Promise<void> {
  const thrown: unknown[] = [];
  try {
    await handle();
  } catch (error) {
    thrown.push(error);
  }
  const [error] = thrown;
  const given = thrown.length > 0 ? statusOf(error) : res.statusCode;
  const status = originalStatus.get(res) ?? (isErrorPage(res) ? 500 : given);
  try {
    editHeaders(headersOf(res), await commit({ status, error, response: pendingOf(res) }));
  } catch (failure) {
    originalStatus.set(res, status);
    clearResponse(res, statusOf(failure));
    res._data = undefined;
    res.headersSent = false;
    res.writableEnded = false;
    editHeaders(headersOf(res), await commit({ status: statusOf(failure), error: failure }));
    throw failure;
  }
  if (thrown.length > 0) throw error;
}

const pendingOf = (res: Buffered): PendingResponse => ({
  headers: headersOf(res),
  isWhole: () => !isStream(res._data),
});

const isStream = (data: unknown): boolean =>
  typeof data === "object" && data !== null && ("pipe" in data || "getReader" in data);

/**
 * Nuxt renders its error page with a request to itself that has the client's cookie, so middleware runs a second time.
 * The request that failed decides which changes are kept.
 */
const isErrorPage = ({ req }: NodeResponse): boolean => /^[^?]*\/__nuxt_error(?:\?|$)/.test(req.url ?? "");
