/** Detects half-open connections (for example a firewall that dropped the flow). */
export interface StallDetector {
  /** Tracks a pending reply, and returns it. */
  watch<T>(answer: Promise<T>): Promise<T>;
  /** Returns whether a command has waited so long that the connection must be dead. */
  isStalled(): boolean;
}

/** Longer than any command takes; the operating system itself would wait a quarter of an hour. */
const stallTimeoutMs = 5_000;

export function createStallDetector(now: () => number = () => performance.now()): StallDetector {
  /** When each unanswered command was sent, oldest first. */
  const waiting = new Map<number, number>();
  let commands = 0;
  let isChecking = false;
  let isConfirmed = false;

  const isOverdue = (): boolean => {
    const { value: oldest } = waiting.values().next();
    return oldest !== undefined && now() - oldest > stallTimeoutMs;
  };
  const check = (): void => {
    isChecking = false;
    isConfirmed = isOverdue();
  };

  return {
    watch(answer) {
      const command = ++commands;
      waiting.set(command, now());
      const answered = (): void => void waiting.delete(command);
      answer.then(answered, answered);
      return answer;
    },
    isStalled() {
      if (!isOverdue()) isConfirmed = false;
      else if (!isConfirmed && !isChecking) {
        isChecking = true;
        // A process that was busy itself has yet to read the replies that have arrived. It does so before this timer.
        setTimeout(check, 0);
      }
      return isConfirmed;
    },
  };
}
