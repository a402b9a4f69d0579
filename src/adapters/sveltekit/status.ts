/**
 * Returns the status of an error inside a response with status 200. SvelteKit sends its own client errors of load
 * functions and remote functions as JSON in such a response.
 */
export async function hiddenStatus(response: Response): Promise<number> {
  const line = await firstLine(response);
  if (!line.includes('"type":"error"')) return response.status;
  const serialized = JSON.parse(line) as SerializedError & { readonly nodes?: readonly (SerializedError | null)[] };
  const statuses = [serialized, ...(serialized.nodes ?? [])].flatMap((one) =>
    one?.type === "error" ? [statusOf(one)] : [],
  );
  return Math.max(response.status, ...statuses);
}

interface SerializedError {
  readonly type?: string;
  /** The place of the status in SvelteKit 2, if the error has one. */
  readonly status?: number;
  /** The place of the status in SvelteKit 3. */
  readonly error?: { readonly status?: number };
}

const statusOf = ({ status, error }: SerializedError): number => status ?? error?.status ?? 500;

/** Returns the first line of the body. Later lines hold streamed data. */
async function firstLine(response: Response): Promise<string> {
  const isJson = /^(application\/json|text\/sveltekit-data)\b/.test(response.headers.get("content-type") ?? "");
  const reader = isJson ? response.clone().body?.getReader() : undefined;
  if (!reader) return "";
  const decoder = new TextDecoder();
  let text = "";
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const [before = "", after] = decoder.decode(read.value, { stream: true }).split("\n", 2);
    text += before;
    if (after !== undefined) break;
  }
  reader.cancel().catch(() => undefined);
  return text;
}
