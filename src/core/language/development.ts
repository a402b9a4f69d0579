const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };

/** Whether checks may run that cost time. `NODE_ENV` is looked at once, when this is loaded; without one it is development. */
export const isDevelopment: boolean = process?.env !== undefined && process.env.NODE_ENV !== "production";
