import { SessionError } from "../../types/errors.ts";
import type { StoredRecord } from "../../types/store.ts";
import { checkStillWanted, untilGivenUp } from "./abort.ts";
import { fromText } from "./envelope.ts";
import { lanesOf, leaveAfter } from "./lanes.ts";

/** What a bridge needs of somebody else's store. Its methods reject when the store fails, and never throw at once. */
export interface KeyValueStore {
  /** `undefined` or `null` where nothing is; what others have put there comes as whatever it is. */
  get(place: string): Promise<unknown>;
  /** `lifetime`: the milliseconds after which the store may drop it by itself. */
  set(place: string, text: string, lifetime: number): Promise<void>;
  delete(place: string): Promise<void>;
  /** The places that may hold our records; absent where the store cannot tell. */
  places?: ((signal: AbortSignal | undefined) => Promise<string[]>) | undefined;
}

/** What lies at a place. */
export type Found = StoredRecord | "foreign" | undefined;

/** What is to lie there instead; `undefined`: leave it alone. */
export type WriteDecision = { readonly text: string; readonly lifetime: number } | "nothing" | undefined;

/** Operations on one place, each of which has it for itself as far as this process goes. */
export interface Access {
  look(place: string, signal: AbortSignal | undefined): Promise<Found>;
  /** Looks, decides and writes at once. True: something was written. */
  alter(place: string, signal: AbortSignal | undefined, decide: (found: Found) => WriteDecision): Promise<boolean>;
}

export function accessTo(name: string, owner: object, values: KeyValueStore): Access {
  const lanes = lanesOf(owner);

  const get = async (place: string, signal: AbortSignal | undefined): Promise<Found> => {
    try {
      checkStillWanted(signal);
      const value = await untilGivenUp(values.get(place), signal);
      return value === undefined || value === null ? undefined : (fromText(value) ?? "foreign");
    } catch (cause) {
      throw unreadable(name, cause);
    }
  };

  /** Rejects when it is certain that nothing was written; otherwise gives the write that is under way, if there is one. */
  const begin = async (
    place: string,
    signal: AbortSignal | undefined,
    decide: (found: Found) => WriteDecision,
  ): Promise<{ write: Promise<void> } | undefined> => {
    const decision = decide(await get(place, signal));
    if (decision === undefined) return undefined;
    checkStillWanted(signal);
    return {
      write: decision === "nothing" ? values.delete(place) : values.set(place, decision.text, decision.lifetime),
    };
  };

  return {
    async look(place, signal) {
      const leave = await lanes.enter(place, "together", signal);
      return get(place, signal).finally(leave);
    },

    async alter(place, signal, decide) {
      const leave = await lanes.enter(place, "alone", signal);
      const begun = await begin(place, signal, decide).catch((error: unknown) => {
        leave();
        throw error;
      });
      if (!begun) {
        leave();
        return false;
      }
      leaveAfter(begun.write, leave, signal);
      await begun.write;
      return true;
    },
  };
}

function unreadable(name: string, cause: unknown): SessionError {
  if (SessionError.is(cause)) return cause;
  const message = `The store behind the ${name} bridge could not be read, so nothing was written either. Its own error is the cause of this one.`;
  return new SessionError("STORE_UNAVAILABLE", message, { cause });
}
