import { SessionError } from "coatcheck";
import { type Action, now, type Operation, type Outcome, type Result, type WorkerMessage } from "../protocol.ts";

/** Codes by which the library says that nothing was written. */
const certain: readonly unknown[] = ["STORE_UNAVAILABLE", "STORE_TIMEOUT", "COMMIT_TIMEOUT"];

/** These may have had an effect all the same: the word of those errors is that of a commit to a stored session. */
const openEnded: readonly Action[] = ["enter", "shortLived", "login", "destroy", "revoke", "revokeAll", "limitedLogin"];

/** Reports when each operation begins and when it ends. */
export class Recorder {
  readonly send: (message: WorkerMessage) => void;
  #operations = 0;

  constructor(send: (message: WorkerMessage) => void) {
    this.send = send;
  }

  /** Does something and tells how it ended, which no error that belongs to the library hinders. */
  async perform(operation: Operation, work: () => Promise<Result>): Promise<Result> {
    const number = this.#operations++;
    this.send({ begin: number, at: now(), operation });
    const result = await work().catch((error: unknown) => ({ outcome: this.outcomeOf(error, operation.action) }));
    this.send({ end: number, at: now(), result });
    return result;
  }

  outcomeOf(error: unknown, action: Action): Outcome {
    const code = error instanceof SessionError ? error.code : undefined;
    if (code === "SESSION_GONE") return "nothing";
    if (certain.includes(code)) return openEnded.includes(action) ? "unknown" : "refused";
    if (code !== "COMMIT_UNKNOWN")
      this.send({ problem: `${action} failed with an unexpected error: ${detailsOf(error)}` });
    return "unknown";
  }
}

export function detailsOf(error: unknown): string {
  if (error instanceof SessionError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.stack}` : String(error);
}
