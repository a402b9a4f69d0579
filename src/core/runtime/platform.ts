const { navigator, EdgeRuntime } = globalThis as { navigator?: { userAgent?: string }; EdgeRuntime?: string };

/**
 * Whether what one request waits for may serve another. Not in Cloudflare's workers, nor where an edge runtime (as Vercel's,
 * which names itself) may be one of them: there timers and answers belong to the request that asked for them and end with
 * it, and whoever waits for another's is stopped as hung.
 */
export const canSharePromises: boolean = navigator?.userAgent !== "Cloudflare-Workers" && EdgeRuntime === undefined;
