/**
 * The status of an error within a response of status 200: Start tells its client so what a server function threw, by an
 * object with the one key `error`, in the notation of the package seroval.
 */
export async function hiddenStatus(response: Response): Promise<number> {
  const { headers, status } = response;
  const isSerialized = headers.get("x-tss-serialized") === "true" && headers.get("content-type") === "application/json";
  const text = isSerialized && status < 400 ? await response.clone().text() : "";
  if (!text.includes('"k":["error"]')) return status;
  const told = JSON.parse(text) as Told;
  if (told.p?.k?.[0] !== "error") return status;
  return told.p.v?.[0]?.p?.k?.includes("isNotFound") ? 404 : 500;
}

interface Told {
  /** The keys of an object, and its values. */
  readonly p?: { readonly k?: readonly string[]; readonly v?: readonly (Told | undefined)[] };
}
