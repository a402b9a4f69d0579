import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";

const tickMs = 10;

/** What becomes of a timeout when it is over, and the resolution of timeouts, in milliseconds. */
const slackMs = 150;

/**
 * The work settles within the limit, in time in which this process runs: a timer of this process counts it, so that a
 * stretch in which nothing runs here counts as one tick, however long it is.
 */
export async function expectWithin(limit: number, work: () => Promise<unknown>): Promise<void> {
  let ticks = 0;
  let isOver = false;
  const counting = (async () => {
    for (; !isOver; ticks++) await sleep(tickMs);
  })();
  await work().finally(() => {
    isOver = true;
  });
  await counting;
  expect(ticks * tickMs).toBeLessThan(limit + slackMs);
}
