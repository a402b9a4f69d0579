/** What may be there at once, or come later. A promise is told by its shape: something with a `then`. */
export type Awaitable<T> = T | Promise<T>;
