// In a `try` of its own an import is optional for bundlers: an application needs only the client that it uses.

export async function loadMongodb(): Promise<unknown> {
  try {
    return await import("mongodb");
  } catch (error) {
    return Promise.reject(error);
  }
}
