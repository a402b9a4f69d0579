import { SessionError } from "../../types/errors.ts";

/** Returns the HTTP status that an error specifies in `status` or `statusCode`, or 500. */
export function statusOf(error: unknown): number {
  const { status, statusCode } = Object(error) as { status?: unknown; statusCode?: unknown };
  const given = typeof status === "number" ? status : statusCode;
  return typeof given === "number" && given >= 400 && given <= 599 ? given : 500;
}

/** Combines the errors of several failed commits. The result has the status of the first. */
export function combineErrors(errors: readonly unknown[]): AggregateError {
  const status = statusOf(errors[0]);
  const error = new AggregateError(errors, `${errors.length} sessions of this request were not stored.`);
  return Object.assign(error, { status, statusCode: status, expose: false });
}

export interface ErrorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const sentences: Readonly<Record<number, string>> = {
  409: "Your session has ended. Please sign in again.",
  429: "You are signed in too many times. Please sign out elsewhere first.",
  500: "Something went wrong here.",
  503: "The service is not available at the moment. Please try again.",
};

export const publicMessage = (status: number): string => sentences[status] ?? "The request failed.";

/**
 * Returns the generic response to an error, which reveals only its status. Prints unexpected errors (5xx that are not
 * SessionErrors) with console.error.
 */
export function errorResponse(error: unknown): ErrorResponse {
  const status = statusOf(error);
  if (!SessionError.is(error) && status >= 500) console.error(error);
  const headers = { "content-type": "text/plain; charset=utf-8", "cache-control": "no-store" };
  return { status, headers, body: `${publicMessage(status)}\n` };
}
