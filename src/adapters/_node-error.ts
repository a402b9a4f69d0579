import { SessionError } from "../core/errors.ts";
import { clearAnswer } from "./_node-headers.ts";
import type { NodeResponse } from "./_node-types.ts";

/** The HTTP status that an error asks for, as frameworks write it; 500 if it names none. */
export function statusOf(error: unknown): number {
  const { status, statusCode } = Object(error) as { status?: unknown; statusCode?: unknown };
  const given = typeof status === "number" ? status : statusCode;
  return typeof given === "number" && given >= 400 && given <= 599 ? given : 500;
}

/** One error for several commits that failed. */
export function together(errors: readonly unknown[]): AggregateError {
  const status = statusOf(errors[0]);
  const error = new AggregateError(errors, `${errors.length} sessions of this request were not stored.`);
  return Object.assign(error, { status, statusCode: status });
}

const sentences: Readonly<Record<number, string>> = {
  409: "Your session ended meanwhile. Please start again.",
  429: "You are signed in too many times. Please sign out elsewhere first.",
  500: "Something went wrong here.",
  503: "The service is not available at the moment. Please try again.",
};

/** Answers an error without details; what is not ours and not the client's fault is printed. */
export function answerError(res: NodeResponse, error: unknown): void {
  const status = statusOf(error);
  if (!(error instanceof SessionError) && status >= 500) console.error(error);
  if (res.headersSent) {
    // Too late for another answer: a half one must not look whole.
    if (!res.writableEnded) res.destroy();
    return;
  }
  clearAnswer(res, status);
  res.setHeader("content-type", "text/plain; charset=utf-8");
  res.setHeader("cache-control", "no-store");
  res.end(`${sentences[status] ?? "The request failed."}\n`);
}
