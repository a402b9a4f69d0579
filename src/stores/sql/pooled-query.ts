import { SessionError } from "../../types/errors.ts";
import { unsent } from "./errors.ts";
import type { Sending, SqlAnswer } from "./server-client.ts";

export type Over = (error: unknown, answer?: SqlAnswer) => void;

/** A connection of a pool, ours alone until it is released. */
export interface Lease {
  send(over: Over): void;
  /** Gives it back; `isSound` is false where it may be of no use to the next. */
  release(isSound: boolean): void;
}

type Had = (failure: unknown, lease?: Lease) => void;
export type Acquire = (had: Had) => void;

/**
 * How long a connection that owes an answer nobody waits for is kept. Closing it at once would leave a server that is
 * only slow with ever more statements; never closing it would lose the connections to a server that fell silent.
 */
const patience = 10_000;

/** Sends on a connection of a pool. What is abandoned while it waits for one is never sent. */
export function sendOnLease(database: string, acquire: Acquire, isSoundAfter: (error: unknown) => boolean): Sending {
  let isAbandoned = false;
  let giveUp = (): void => {};
  const answer = new Promise<SqlAnswer>((resolve, reject) => {
    const had: Had = (failure, lease) => {
      if (!lease) return reject(unsent(database, failure));
      if (isAbandoned) {
        lease.release(true);
        return reject(tooLate(database));
      }
      giveUp = sendOn(lease, database, (error, given) => {
        lease.release(given !== undefined || isSoundAfter(error));
        if (given) resolve(given);
        else reject(error);
      });
    };
    try {
      acquire(had);
    } catch (failure) {
      had(failure);
    }
  });
  const abandon = (): void => {
    isAbandoned = true;
    giveUp();
  };
  return { answer, abandon };
}

/** Calls back once, with the answer or, some time after it was given up, without. Returns what gives it up. */
function sendOn(lease: Lease, database: string, callback: Over): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const over: Over = (error, given) => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    callback(error, given);
  };
  try {
    lease.send(over);
  } catch (error) {
    over(error);
  }
  return () => {
    if (isOver) return;
    timer = setTimeout(() => over(new Error(`${database} fell silent.`)), patience);
    (timer as { unref?: () => void }).unref?.();
  };
}

function tooLate(database: string): SessionError {
  const message = `A connection to ${database} came too late for this operation. Nothing was written.`;
  return new SessionError("STORE_UNAVAILABLE", message);
}
