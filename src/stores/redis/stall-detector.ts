/** Notices a server that neither answers nor breaks the connection, as behind a firewall that forgot about it. */
export interface Silence {
  /** Waits for an answer together with the others. */
  during<T>(answer: Promise<T>): Promise<T>;
  /** Some command has waited so long that none will be answered on this connection. */
  isDead(): boolean;
}

/** Milliseconds. More than any command takes; the system itself would wait a quarter of an hour. */
const longest = 5_000;

export function listenForSilence(now: () => number = () => performance.now()): Silence {
  /** When each unanswered command was sent, oldest first. */
  const waiting = new Map<number, number>();
  let commands = 0;

  return {
    during(answer) {
      const command = ++commands;
      waiting.set(command, now());
      const answered = (): void => void waiting.delete(command);
      answer.then(answered, answered);
      return answer;
    },
    isDead() {
      const { value: oldest } = waiting.values().next();
      return oldest !== undefined && now() - oldest > longest;
    },
  };
}
