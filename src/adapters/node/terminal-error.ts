import { errorResponse } from "../../core/http/error-response.ts";
import { hasEnded } from "./response/committed-response.ts";
import { clearResponse } from "./response/headers.ts";
import type { NodeResponse } from "./types.ts";

/** Sends an error response without details. */
export function sendError(res: NodeResponse, error: unknown): void {
  const { status, headers, body } = errorResponse(error);
  if (res.headersSent) {
    // Too late for another response: a truncated one must not look complete.
    if (!hasEnded(res)) res.destroy();
    return;
  }
  clearResponse(res, status);
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.end(body);
}
