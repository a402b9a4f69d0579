// In a `try` of its own an import is optional for bundlers: an application needs only the client that it uses.

export async function loadMysql2(): Promise<unknown> {
  try {
    return await import("mysql2/promise");
  } catch (error) {
    return Promise.reject(error);
  }
}
