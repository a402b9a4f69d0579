import { SessionError } from "../../types/errors.ts";
import type { StoredRecord } from "../../types/store.ts";
import { throwIfAborted, untilAborted } from "./abort.ts";
import { fromText } from "./envelope.ts";
import { lanesOf, leaveAfter } from "./lanes.ts";

/** What a bridge needs of a backend. Its methods reject if the backend fails, and never throw synchronously. */
export interface KeyValueStore {
  /** Returns `undefined` or `null` if there is no value, and foreign values unchanged. */
  get(key: string): Promise<unknown>;
  /** `lifetime`: the milliseconds after which the backend may delete the value. */
  set(key: string, text: string, lifetime: number): Promise<void>;
  delete(key: string): Promise<void>;
  /** Lists the keys that may hold records; absent if the backend cannot list keys. */
  keys?: ((signal: AbortSignal | undefined) => Promise<string[]>) | undefined;
}

/** The value of a key. */
export type Found = StoredRecord | "foreign" | undefined;

/** The new value of a key; "nothing" deletes it, `undefined` leaves it unchanged. */
export type WriteDecision = { readonly text: string; readonly lifetime: number } | "nothing" | undefined;

/** Operations on one key, under its lock in this process. */
export interface Access {
  read(key: string, signal: AbortSignal | undefined): Promise<Found>;
  /** Reads, decides and writes under an exclusive lock. Returns whether something was written. */
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

  /** Rejects if nothing was written; otherwise returns the write in progress, if any. */
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
