/** Is called once, with an error or with a value. */
export type Callback = (error?: unknown, value?: unknown) => void;

/**
 * Calls a method of a store for express-session. Settles once, and never runs continuations inside the store's own code.
 *
 * The callback decides, as in express-session. Many stores also return a promise. Its rejection counts; its fulfilment does
 * not, because a method that is `async` only in its first steps calls back later.
 */
export function callBack(run: (callback: Callback) => unknown): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const returned = run((error, value) => (error ? reject(error) : resolve(value)));
    Promise.resolve(returned).catch(reject);
  });
}
