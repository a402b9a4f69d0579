/**
 * Waits for all promises and collects their values and errors. Unlike `Promise.allSettled`, it works if an application
 * has replaced the global `Promise`, for example with bluebird's.
 */
export async function settle<T>(work: readonly Promise<T>[]): Promise<{ values: T[]; errors: unknown[] }> {
  const outcomeOf = async (promise: Promise<T>): Promise<{ value: T } | { error: unknown }> => {
    try {
      return { value: await promise };
    } catch (error) {
      return { error };
    }
  };
  const outcomes = await Promise.all(work.map(outcomeOf));
  return {
    values: outcomes.flatMap((outcome) => ("value" in outcome ? [outcome.value] : [])),
    errors: outcomes.flatMap((outcome) => ("error" in outcome ? [outcome.error] : [])),
  };
}
