import { errorAnswer } from "../core/error-answer.ts";
import { clearAnswer } from "./_node-headers.ts";
import { hasEnded } from "./_node-response.ts";
import type { NodeResponse } from "./_node-types.ts";

/** Answers an error without details. */
export function answerError(res: NodeResponse, error: unknown): void {
  const { status, headers, body } = errorAnswer(error);
  if (res.headersSent) {
    // Too late for another answer: a half one must not look whole.
    if (!hasEnded(res)) res.destroy();
    return;
  }
  clearAnswer(res, status);
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value);
  res.end(body);
}
