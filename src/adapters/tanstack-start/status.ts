/**
 * Returns the status of an error inside a response with status 200. Start sends its client an error of a server
 * function as an object with the single key `error`, serialized by the package seroval.
 */
export async function hiddenStatus(response: Response): Promise<number> {
  const { headers, status } = response;
  const isSerialized = headers.get("x-tss-serialized") === "true" && headers.get("content-type") === "application/json";
  const text = isSerialized && status < 400 ? await response.clone().text() : "";
  if (!text.includes('"k":["error"]')) return status;
  const serialized = JSON.parse(text) as SerializedError;
  if (serialized.p?.k?.[0] !== "error") return status;
  return serialized.p.v?.[0]?.p?.k?.includes("isNotFound") ? 404 : 500;
}

interface SerializedError {
  /** The keys of an object, and their values. */
  readonly p?: { readonly k?: readonly string[]; readonly v?: readonly (SerializedError | undefined)[] };
}
