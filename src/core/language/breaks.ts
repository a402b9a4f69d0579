/** Milliseconds that one piece of a long work may keep everything else from running. Two of them in a row stay below 10. */
export const longestStretch = 4;

/** Lets everything else that waits run: answers, requests, timers. */
export const nextTurn = (milliseconds = 0): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Gives a function for the inside of a loop. It returns a promise to wait for once the loop has gone on for as long as it
 * may; else nothing, so that a short loop waits for nothing.
 */
export function breather(): () => Promise<void> | undefined {
  let since = performance.now();
  return () => {
    if (performance.now() - since < longestStretch) return undefined;
    return nextTurn().then(() => {
      since = performance.now();
    });
  };
}

/** Visits all items, and lets everything else run whenever that has gone on for as long as it may. */
export async function eachInTurns<T>(items: Iterable<T>, visit: (item: T) => void): Promise<void> {
  const breathe = breather();
  let visited = 0;
  for (const item of items) {
    visit(item);
    // To look at the time costs more than most visits.
    const pause = ++visited % 64 === 0 ? breathe() : undefined;
    if (pause) await pause;
  }
}

/** How one batch went. */
interface BatchTime {
  /** Milliseconds. */
  readonly took: number;
  /** Nothing else could run meanwhile. */
  readonly blocked: boolean;
}

/** Runs one batch, and looks whether anything else could run meanwhile. */
async function timed<T>(work: () => Promise<T>): Promise<BatchTime & { readonly result: T }> {
  let blocked = true;
  const witness = setTimeout(() => {
    blocked = false;
  }, 0);
  const start = performance.now();
  try {
    const result = await work();
    return { result, took: performance.now() - start, blocked };
  } finally {
    clearTimeout(witness);
  }
}

const firstBatch = 50;
const mostInBatch = 1_000;
/** A server is asked for no fewer: below that, the way there takes longer than the work. */
const fewestElsewhere = 100;
/** Milliseconds that a server may work on one batch, and hold what others wait for. */
const longestElsewhere = 40;

/** How many records the next batch should have, after one of `size`. */
function nextBatch(size: number, { took, blocked }: BatchTime): number {
  const [wanted, fewest] = blocked ? [longestStretch, 1] : [longestElsewhere, fewestElsewhere];
  const fitting = took > 0 ? Math.floor((size * wanted) / took) : mostInBatch;
  return Math.max(fewest, Math.min(fitting, 2 * size, mostInBatch));
}

/** Waits until the next batch may begin. What blocked everything else leaves as much time as it took. */
async function afterBatch({ took, blocked }: BatchTime): Promise<void> {
  if (blocked && took > 0) await nextTurn(took);
}

/**
 * Does a long work in batches. Each is asked for at most so many records, and short enough to be noticed by nobody.
 *
 * @param work gives how many it met; fewer than it was asked for are the last
 * @returns how many they were in all
 */
export async function inBatches(work: (limit: number) => Promise<number>): Promise<number> {
  let total = 0;
  for (let size = firstBatch; ; ) {
    const limit = size;
    const batch = await timed(() => work(limit));
    total += batch.result;
    if (batch.result < limit) return total;
    size = nextBatch(size, batch);
    await afterBatch(batch);
  }
}
