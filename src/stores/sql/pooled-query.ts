import { SessionError } from "../../types/errors.ts";
import { unanswered } from "../shared/unanswered.ts";
import { unsent } from "./errors.ts";
import type { PendingQuery, SqlAnswer } from "./server-client.ts";

export type OnResult = (error: unknown, answer?: SqlAnswer) => void;

/** A connection of a pool, reserved for one query until it is released. */
export interface PooledConnection {
  send(onResult: OnResult): void;
  /** Returns the connection to the pool, or closes it if `isSound` is false: the next query might fail on it. */
  release(isSound: boolean): void;
}

type OnAcquired = (failure: unknown, connection?: PooledConnection) => void;
export type Acquire = (onAcquired: OnAcquired) => void;

/**
 * How long to keep a connection whose query was abandoned but not answered. Closing it at once would pile statements up on
 * a server that is only slow; never closing it would leak the connections to a server that stopped answering.
 */
const abandonedTimeoutMs = 10_000;

/** Sends a query on a connection of a pool. A query that is abandoned before it has a connection is never sent. */
export function sendPooled(
  database: string,
  acquire: Acquire,
  isSoundAfter: (error: unknown) => boolean,
): PendingQuery {
  let isAbandoned = false;
  let giveUp = (): void => {};
  const answer = new Promise<SqlAnswer>((resolve, reject) => {
    const onAcquired: OnAcquired = (failure, connection) => {
      if (!connection) return reject(unsent(database, failure));
      if (isAbandoned) {
        connection.release(true);
        return reject(tooLate(database));
      }
      giveUp = sendOn(connection, database, (error, result) => {
        connection.release(result !== undefined || isSoundAfter(error));
        if (result) resolve(result);
        else reject(error);
      });
    };
    try {
      acquire(onAcquired);
    } catch (failure) {
      onAcquired(failure);
    }
  });
  const abandon = (): void => {
    isAbandoned = true;
    giveUp();
  };
  return { answer, abandon };
}

/** Sends a query and calls back once: with its result, or with an error some time after it was abandoned. Returns `abandon`. */
function sendOn(connection: PooledConnection, database: string, callback: OnResult): () => void {
  let stopWaiting = (): void => {};
  let isSettled = false;
  const onResult: OnResult = (error, result) => {
    if (isSettled) return;
    isSettled = true;
    stopWaiting();
    callback(error, result);
  };
  try {
    connection.send(onResult);
  } catch (error) {
    onResult(error);
  }
  return () => {
    if (isSettled) return;
    stopWaiting = unanswered(abandonedTimeoutMs, () => onResult(new Error(`${database} stopped answering.`)));
  };
}

function tooLate(database: string): SessionError {
  const message = `A connection to ${database} became available too late for this operation. Nothing was written.`;
  return new SessionError("STORE_UNAVAILABLE", message);
}
