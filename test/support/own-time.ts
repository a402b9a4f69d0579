import { onTestFinished, vi } from "vitest";

/**
 * Lets `performance.now()` tell a time of the test's own until the test is over. It stands still by itself, so that
 * nothing depends on how fast this machine is.
 */
export function ownTime(): { spend(milliseconds: number): void } {
  let time = 1_000;
  const now = vi.spyOn(performance, "now").mockImplementation(() => time);
  onTestFinished(() => now.mockRestore());
  return {
    spend: (milliseconds) => {
      time += milliseconds;
    },
  };
}
