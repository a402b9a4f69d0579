import { setTimeout as sleep } from "node:timers/promises";
import { SessionError, type StoreCall } from "coatcheck";
import type { Random } from "../../support/random.ts";

/** Stops waiting for a store as the core does: what was asked is aborted, and what became of it is unknown. */
export async function withPatience<T>(milliseconds: number, run: (call: StoreCall) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let reject: (error: Error) => void = () => undefined;
  const overdue = new Promise<never>((_, fail) => {
    reject = fail;
  });
  const timer = setTimeout(() => {
    const error = new Error("no answer in time");
    controller.abort(error);
    reject(error);
  }, milliseconds);
  try {
    return await Promise.race([run({ signal: controller.signal }), overdue]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a client does that was told of a failure, lest all of its operations fail in the same moment. */
export const comeBackLater = (random: Random): Promise<void> => sleep(5 + random.below(30));

/** A store's word that nothing was written. Whatever else it throws leaves that open. */
export const isCertain = (error: unknown): error is SessionError =>
  error instanceof SessionError && error.code !== "STORE_TIMEOUT";
