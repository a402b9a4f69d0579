/** How many operations per second finish while `concurrency` of them are in flight, for that many milliseconds. */
export async function perSecond(
  concurrency: number,
  milliseconds: number,
  operate: (worker: number, turn: number) => Promise<unknown>,
): Promise<number> {
  const start = performance.now();
  const end = start + milliseconds;
  let done = 0;
  const work = async (worker: number): Promise<void> => {
    for (let turn = 0; performance.now() < end; turn++) {
      await operate(worker, turn);
      done++;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, (_, worker) => work(worker)));
  return (done * 1000) / (performance.now() - start);
}
