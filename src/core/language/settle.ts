/**
 * Waits for all of it, also where some fails. `Promise.allSettled` is not what it seems where an application has put
 * another class, such as bluebird's, in the place of the global `Promise`.
 */
export async function settle<T>(work: readonly Promise<T>[]): Promise<{ values: T[]; errors: unknown[] }> {
  const one = async (each: Promise<T>): Promise<{ value: T } | { error: unknown }> => {
    try {
      return { value: await each };
    } catch (error) {
      return { error };
    }
  };
  const ends = await Promise.all(work.map(one));
  return {
    values: ends.flatMap((end) => ("value" in end ? [end.value] : [])),
    errors: ends.flatMap((end) => ("error" in end ? [end.error] : [])),
  };
}
