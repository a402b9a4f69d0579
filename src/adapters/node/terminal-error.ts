import { errorResponse } from "../../core/http/error-response.ts";
import { hasEnded } from "./response/committed-response.ts";
import { clearAnswer } from "./response/headers.ts";
import type { NodeResponse } from "./types.ts";

/** Answers an error without details. */
export function answerError(res: NodeResponse, error: unknown): void {
  const { status, headers, body } = errorResponse(error);
  if (res.headersSent) {
    // Too late for another answer: a half one must not look whole.
    if (!hasEnded(res)) res.destroy();
    return;
  }
  clearAnswer(res, status);
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.end(body);
}
