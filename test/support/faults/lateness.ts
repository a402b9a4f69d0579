import { monitorEventLoopDelay } from "node:perf_hooks";
import { expect } from "vitest";

/** The work settles within the limit and 50 ms. What held up this process itself is not counted. */
export async function expectWithin(limit: number, work: () => Promise<unknown>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const start = performance.now();
  await work();
  const elapsed = performance.now() - start;
  delay.disable();
  expect(elapsed - delay.max / 1e6).toBeLessThan(limit + 50);
}
