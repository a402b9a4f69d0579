/** How long one slice of work may block the event loop, in milliseconds. Two slices in a row stay below 10 ms. */
export const maxSliceMs = 4;

/** Waits for the event loop, so that pending I/O and timers run first. */
const nextTurn = (milliseconds = 0): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Creates a function to call inside a loop. It returns a promise to await when the current slice is over, and otherwise
 * `undefined`, so that a short loop never waits.
 */
export function breather(): () => Promise<void> | undefined {
  let sliceStart = performance.now();
  return () => {
    if (performance.now() - sliceStart < maxSliceMs) return undefined;
    return nextTurn().then(() => {
      sliceStart = performance.now();
    });
  };
}

/** Calls `visit` for each item, in slices that do not block the event loop for long. */
export async function eachInTurns<T>(items: Iterable<T>, visit: (item: T) => void): Promise<void> {
  const breathe = breather();
  let visited = 0;
  for (const item of items) {
    visit(item);
    // Reading the clock costs more than most visits.
    const pause = ++visited % 64 === 0 ? breathe() : undefined;
    if (pause) await pause;
  }
}

/** The timing of one batch. */
interface BatchTime {
  /** Milliseconds. */
  readonly took: number;
  /** True if the batch blocked the event loop. */
  readonly blocked: boolean;
}

/** Runs one batch, and measures its time and whether it blocked the event loop. */
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
const maxBatch = 1_000;
/** The smallest batch for a server: below that, the round trip takes longer than the work. */
const minServerBatch = 100;
/** How long a server may work on one batch while other queries wait for it, in milliseconds. */
const maxServerMs = 40;

/** Returns the size of the next batch, after one of `size`. */
function nextBatch(size: number, { took, blocked }: BatchTime): number {
  const [targetMs, minBatch] = blocked ? [maxSliceMs, 1] : [maxServerMs, minServerBatch];
  const fitting = took > 0 ? Math.floor((size * targetMs) / took) : maxBatch;
  return Math.max(minBatch, Math.min(fitting, 2 * size, maxBatch));
}

/** Waits before the next batch. A batch that blocked the event loop is followed by a pause of the same length. */
async function afterBatch({ took, blocked }: BatchTime): Promise<void> {
  if (blocked && took > 0) await nextTurn(took);
}

/**
 * Runs a long operation in batches, whose sizes adapt so that each is too short to delay other requests.
 *
 * @param work processes at most `limit` records and returns their number; fewer than `limit` means that it is done
 * @returns the total number of records
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
