import { SessionError } from "../../types/errors.ts";

// Requests to shards use `fetch`: an RPC class must extend a base class that only a worker can import.

/** The operations of a shard: methods of its store. */
export type Operation = "read" | "create" | "replace" | "touch" | "delete" | "list" | "clear" | "count";

export interface ShardRequest {
  readonly operation: Operation;
  /** The method's arguments, without the signal. */
  readonly values: readonly unknown[];
}

interface ShardResponse {
  /** Absent if undefined. */
  readonly result?: unknown;
  /** The message of an error that says that nothing was written. */
  readonly refused?: string;
}

export async function answerTo(work: () => Promise<unknown>): Promise<Response> {
  try {
    return Response.json({ result: await work() } satisfies ShardResponse);
  } catch (error) {
    if (!SessionError.is(error)) throw error;
    return Response.json({ refused: error.message } satisfies ShardResponse);
  }
}

/** @throws SessionError STORE_UNAVAILABLE */
export async function resultOf(response: Response): Promise<unknown> {
  const { result, refused } = (await response.json()) as ShardResponse;
  if (refused !== undefined) throw new SessionError("STORE_UNAVAILABLE", refused);
  return result;
}
