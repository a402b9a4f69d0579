// In a `try` of its own an import is optional for bundlers: an application needs only the client that it uses.

export async function loadPg(): Promise<unknown> {
  try {
    return await import("pg");
  } catch (error) {
    return Promise.reject(error);
  }
}

export async function loadPostgres(): Promise<unknown> {
  try {
    return await import("postgres");
  } catch (error) {
    return Promise.reject(error);
  }
}
