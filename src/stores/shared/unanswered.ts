/**
 * Calls back when an answer has not come for so many milliseconds. A process that was busy meanwhile has yet to read the
 * answers that have arrived, and does so first. Does not keep the process alive. Returns what cancels it.
 */
export function unanswered(milliseconds: number, callback: () => void): () => void {
  // A timer that is late runs before the answers are read, and one that begins then runs after.
  let timer = quiet(() => {
    timer = quiet(callback, 0);
  }, milliseconds);
  return () => clearTimeout(timer);
}

function quiet(callback: () => void, milliseconds: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(callback, milliseconds);
  (timer as { unref?: () => void }).unref?.();
  return timer;
}
