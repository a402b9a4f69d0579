/** What is used of `next/cache`. Since Next.js 16.3. */
interface NextCache {
  io?(): Promise<void>;
}

/**
 * Is not passed where Next.js renders a page ahead of a visit, at build time or for a prefetch: the visitor would be
 * shown, minutes later, what the session held then, and the store would have been asked for it in vain.
 */
export async function visited(): Promise<void> {
  // @ts-expect-error: Next.js is not installed here, it is the application's.
  const cache: NextCache = await import("next/cache.js");
  await cache.io?.();
}
