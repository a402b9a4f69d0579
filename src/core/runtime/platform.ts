const { navigator, EdgeRuntime } = globalThis as { navigator?: { userAgent?: string }; EdgeRuntime?: string };

/**
 * Whether requests may share promises and timers. False on Cloudflare Workers, and on edge runtimes that may be Workers
 * (such as Vercel's): there, I/O belongs to the request that started it and ends with it, and a request that awaits the
 * I/O of another is cancelled as hung.
 */
export const canSharePromises: boolean = navigator?.userAgent !== "Cloudflare-Workers" && EdgeRuntime === undefined;
