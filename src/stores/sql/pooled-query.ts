import { SessionError } from "../../types/errors.ts";
import { unsent } from "./errors.ts";
import type { PendingQuery, SqlAnswer } from "./server-client.ts";

export type OnResult = (error: unknown, answer?: SqlAnswer) => void;

/** A connection of a pool, ours alone until it is released. */
export interface PooledConnection {
  send(over: OnResult): void;
  /** Gives it back; `isSound` is false where it may be of no use to the next. */
  release(isSound: boolean): void;
}

type OnAcquired = (failure: unknown, lease?: PooledConnection) => void;
export type Acquire = (had: OnAcquired) => void;

/**
 * How long a connection that owes an answer nobody waits for is kept. Closing it at once would leave a server that is
 * only slow with ever more statements; never closing it would lose the connections to a server that fell silent.
 */
const abandonedTimeoutMs = 10_000;

/** Sends on a connection of a pool. What is abandoned while it waits for one is never sent. */
export function sendPooled(
  database: string,
  acquire: Acquire,
  isSoundAfter: (error: unknown) => boolean,
): PendingQuery {
  let isAbandoned = false;
  let giveUp = (): void => {};
  const answer = new Promise<SqlAnswer>((resolve, reject) => {
    const had: OnAcquired = (failure, lease) => {
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
function sendOn(lease: PooledConnection, database: string, callback: OnResult): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const over: OnResult = (error, given) => {
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
    timer = setTimeout(() => over(new Error(`${database} fell silent.`)), abandonedTimeoutMs);
    (timer as { unref?: () => void }).unref?.();
  };
}

function tooLate(database: string): SessionError {
  const message = `A connection to ${database} came too late for this operation. Nothing was written.`;
  return new SessionError("STORE_UNAVAILABLE", message);
}
