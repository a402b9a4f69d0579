const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };

/**
 * Whether to run checks that cost time. Reads `NODE_ENV` once, at load. True unless it is `production`, false without
 * `process`.
 */
export const isDevelopment: boolean = process?.env !== undefined && process.env.NODE_ENV !== "production";
