import { setTimeout as sleep } from "node:timers/promises";

const attempts = 60;

/** Until it succeeds: servers on a busy machine need a moment to begin, and to recover. */
export async function retry<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === attempts) throw error;
      await sleep(500);
    }
  }
}
