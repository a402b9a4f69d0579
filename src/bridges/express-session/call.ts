export type Callback = (error?: unknown, value?: unknown) => void;

/**
 * Calls a method of a store for express-session. Settles once, and never within the store's own code.
 *
 * The callback is what counts, as it does to express-session. Many stores return a promise as well, and it may reject;
 * that it is fulfilled says nothing, because a method that is `async` only for what it does first calls back later.
 */
export function callBack(run: (callback: Callback) => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const returned = run((error, value) => (error ? reject(error) : resolve(value)));
    Promise.resolve(returned).catch(reject);
  });
}
