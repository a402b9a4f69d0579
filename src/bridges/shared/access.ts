import { SessionError } from "../../types/errors.ts";
import type { StoredRecord } from "../../types/store.ts";
import { throwIfAborted, untilAborted } from "./abort.ts";
import { fromText } from "./envelope.ts";
import { lanesOf, leaveAfter } from "./lanes.ts";

/** What a bridge needs of somebody else's store. Its methods reject when the store fails, and never throw at once. */
export interface KeyValueStore {
  /** `undefined` or `null` where nothing is; what others have put there comes as whatever it is. */
  get(key: string): Promise<unknown>;
  /** `lifetime`: the milliseconds after which the store may drop it by itself. */
  set(key: string, text: string, lifetime: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** The places that may hold our records; absent where the store cannot tell. */
  keys?: ((signal: AbortSignal | undefined) => Promise<string[]>) | undefined;
}

/** What lies at a place. */
export type Found = StoredRecord | "foreign" | undefined;

/** What is to lie there instead; `undefined`: leave it alone. */
export type WriteDecision = { readonly text: string; readonly lifetime: number } | "nothing" | undefined;

/** Operations on one place, each of which has it for itself as far as this process goes. */
export interface Access {
  read(key: string, signal: AbortSignal | undefined): Promise<Found>;
  /** Looks, decides and writes at once. True: something was written. */
  update(key: string, signal: AbortSignal | undefined, decide: (found: Found) => WriteDecision): Promise<boolean>;
}

export function accessTo(name: string, owner: object, values: KeyValueStore): Access {
  const lanes = lanesOf(owner);

  const get = async (key: string, signal: AbortSignal | undefined): Promise<Found> => {
    try {
      throwIfAborted(signal);
      const value = await untilAborted(values.get(key), signal);
      return value === undefined || value === null ? undefined : (fromText(value) ?? "foreign");
    } catch (cause) {
      throw unreadable(name, cause);
    }
  };

  /** Rejects when it is certain that nothing was written; otherwise gives the write that is under way, if there is one. */
  const begin = async (
    key: string,
    signal: AbortSignal | undefined,
    decide: (found: Found) => WriteDecision,
  ): Promise<{ write: Promise<void> } | undefined> => {
    const decision = decide(await get(key, signal));
    if (decision === undefined) return undefined;
    throwIfAborted(signal);
    return {
      write: decision === "nothing" ? values.delete(key) : values.set(key, decision.text, decision.lifetime),
    };
  };

  return {
    async read(key, signal) {
      const leave = await lanes.enter(key, "shared", signal);
      return get(key, signal).finally(leave);
    },

    async update(key, signal, decide) {
      const leave = await lanes.enter(key, "exclusive", signal);
      const begun = await begin(key, signal, decide).catch((error: unknown) => {
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
