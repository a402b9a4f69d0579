import { SessionError } from "../../types/errors.ts";

// Shards are asked by `fetch`: a class that takes calls by RPC must be derived from one that only a worker can import.

/** What a shard can be asked for: methods of its store. */
export type Operation = "read" | "create" | "replace" | "touch" | "delete" | "list" | "clear" | "count";

export interface Question {
  readonly operation: Operation;
  /** The method's arguments, without the signal. */
  readonly values: readonly unknown[];
}

interface Answer {
  /** Left out where it is undefined. */
  readonly result?: unknown;
  /** Why nothing was written. */
  readonly refused?: string;
}

export async function answerTo(work: () => Promise<unknown>): Promise<Response> {
  try {
    return Response.json({ result: await work() } satisfies Answer);
  } catch (error) {
    if (!SessionError.is(error)) throw error;
    return Response.json({ refused: error.message } satisfies Answer);
  }
}

/** @throws SessionError STORE_UNAVAILABLE */
export async function resultOf(response: Response): Promise<unknown> {
  const { result, refused } = (await response.json()) as Answer;
  if (refused !== undefined) throw new SessionError("STORE_UNAVAILABLE", refused);
  return result;
}
