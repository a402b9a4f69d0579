/**
 * Waits a random time that grows with the attempts, but not beyond `end`, so that processes do not keep meeting each
 * other.
 */
export function pause(attempt: number, end: number): Promise<void> {
  const maxMs = Math.min(50, 2 ** attempt, Math.max(0, end - performance.now()));
  return new Promise((resolve) => setTimeout(resolve, Math.random() * maxMs));
}
