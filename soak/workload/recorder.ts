import { SessionError } from "coatcheck";
import { type Act, type Deed, now, type Outcome, type Result, type Told } from "../protocol.ts";

/** Codes by which the library says that nothing was written. */
const certain: readonly unknown[] = ["STORE_UNAVAILABLE", "STORE_TIMEOUT", "COMMIT_TIMEOUT"];

/** These may have had an effect all the same: the word of those errors is that of a commit to a stored session. */
const openEnded: readonly Act[] = ["enter", "fleeting", "login", "destroy", "revoke", "revokeAll", "door"];

/** Tells of each deed when it begins and when it ends. */
export class Teller {
  readonly tell: (told: Told) => void;
  #deeds = 0;

  constructor(tell: (told: Told) => void) {
    this.tell = tell;
  }

  /** Does something and tells how it ended, which no error that belongs to the library hinders. */
  async perform(deed: Deed, work: () => Promise<Result>): Promise<Result> {
    const number = this.#deeds++;
    this.tell({ begin: number, at: now(), deed });
    const result = await work().catch((error: unknown) => ({ outcome: this.outcomeOf(error, deed.act) }));
    this.tell({ end: number, at: now(), result });
    return result;
  }

  outcomeOf(error: unknown, act: Act): Outcome {
    const code = error instanceof SessionError ? error.code : undefined;
    if (code === "SESSION_GONE") return "nothing";
    if (certain.includes(code)) return openEnded.includes(act) ? "unknown" : "refused";
    if (code !== "COMMIT_UNKNOWN")
      this.tell({ problem: `${act} failed with an unexpected error: ${detailsOf(error)}` });
    return "unknown";
  }
}

export function detailsOf(error: unknown): string {
  if (error instanceof SessionError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? `${error.stack}` : String(error);
}
