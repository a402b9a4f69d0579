/**
 * Whether what one request waits for may serve another. Not in Cloudflare's workers: there timers and answers belong to
 * the request that asked for them and end with it, and whoever waits for another's is stopped as hung.
 */
export const sharesWaits: boolean =
  (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent !== "Cloudflare-Workers";
