import type { OpenSession } from "../../types/sessions.ts";
import { commitBeforeResponse } from "../node/response/committed-response.ts";
import { answerError } from "../node/terminal-error.ts";
import type { NodeResponse } from "../node/types.ts";

/** h3 calls `end` and does not wait; so its handler has come to its end when the commit has. */
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
    commitBeforeResponse(res, { commit: noting }, (error) => (isOver ? answerError(res, error) : reject(error)));
  });
  failed.catch(() => undefined);
  const over = async (): Promise<void> => {
    await handle();
    await Promise.resolve(committing).catch(() => undefined);
    // What waits for the commit, too, comes first: it sends the answer, or says why not.
    await new Promise((resolve) => setImmediate(resolve));
  };
  try {
    await Promise.race([over(), failed]);
  } finally {
    isOver = true;
  }
}
