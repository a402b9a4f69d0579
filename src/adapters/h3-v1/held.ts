import type { OpenSession } from "../../types/sessions.ts";
import { commitBeforeResponse } from "../node/response/committed-response.ts";
import { sendError } from "../node/terminal-error.ts";
import type { NodeResponse } from "../node/types.ts";

/** Runs the handler and waits for the commit. h3 calls `end` without waiting for it. */
export async function commitHeld(
  res: NodeResponse,
  commit: OpenSession<object>["commit"],
  handle: () => Promise<unknown>,
): Promise<void> {
  let committing: unknown;
  let isOver = false;
  const failed = new Promise<never>((_, reject) => {
    const noting: typeof commit = (outcome) => {
      const edits = commit(outcome);
      committing = edits;
      return edits;
    };
    commitBeforeResponse(res, { commit: noting }, (error) => (isOver ? sendError(res, error) : reject(error)));
  });
  failed.catch(() => undefined);
  const ended = async (): Promise<void> => {
    await handle();
    await Promise.resolve(committing).catch(() => undefined);
    // Let the other waiters of this commit run first: they send the response or reject.
    await new Promise((resolve) => setImmediate(resolve));
  };
  try {
    await Promise.race([ended(), failed]);
  } finally {
    isOver = true;
  }
}
