import { statusOf } from "../../core/http/error-response.ts";
import { editHeaders } from "../../core/http/header-edits.ts";
import type { OpenSession, PendingAnswer } from "../../types/sessions.ts";
import { clearAnswer, headersOf } from "../node/response/headers.ts";
import type { NodeResponse } from "../node/types.ts";
import { originalStatus } from "../shared/original-status.ts";

/** What stands in for a Node response where there is none: nothing of it leaves before h3 has come to its end. */
type Buffered = NodeResponse & { _data: unknown; headersSent: boolean; writableEnded: boolean };

export const isBuffered = (res: NodeResponse): res is Buffered => "__unenv__" in res;

/** Commits when the handler has come to its end; a failed commit takes the answer back and throws, for h3 to answer. */
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
    editHeaders(headersOf(res), await commit({ status, error, answer: pendingOf(res) }));
  } catch (failure) {
    originalStatus.set(res, status);
    clearAnswer(res, statusOf(failure));
    res._data = undefined;
    res.headersSent = false;
    res.writableEnded = false;
    editHeaders(headersOf(res), await commit({ status: statusOf(failure), error: failure }));
    throw failure;
  }
  if (thrown.length > 0) throw error;
}

const pendingOf = (res: Buffered): PendingAnswer => ({ headers: headersOf(res), isWhole: () => !isStream(res._data) });

const isStream = (data: unknown): boolean =>
  typeof data === "object" && data !== null && ("pipe" in data || "getReader" in data);

/**
 * Nuxt renders its error page by a call to itself, with the visitor's cookie. What is kept is decided by the request
 * that failed; for this one, middleware runs a second time.
 */
const isErrorPage = ({ req }: NodeResponse): boolean => /^[^?]*\/__nuxt_error(?:\?|$)/.test(req.url ?? "");
