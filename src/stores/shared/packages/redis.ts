// In a `try` of its own an import is optional for bundlers: an application needs only the client that it uses.

export async function loadRedis(): Promise<unknown> {
  try {
    return await import("redis");
  } catch (error) {
    return Promise.reject(error);
  }
}

export async function loadIoredis(): Promise<unknown> {
  try {
    return await import("ioredis");
  } catch (error) {
    return Promise.reject(error);
  }
}
