/**
 * The status of an error within a response of status 200. SvelteKit answers its own client so: navigation asks for the
 * data of each load function, and a remote function is told of its error, by JSON with what went wrong in it.
 */
export async function hiddenStatus(response: Response): Promise<number> {
  const text = await firstChunk(response);
  if (!text.includes('"type":"error"')) return response.status;
  // What streams in later stands in lines of its own.
  const [line = ""] = text.split("\n", 1);
  const told = JSON.parse(line) as Told & { readonly nodes?: readonly (Told | null)[] };
  const statuses = [told, ...(told.nodes ?? [])].flatMap((one) => (one?.type === "error" ? [statusOf(one)] : []));
  return Math.max(response.status, ...statuses);
}

interface Told {
  readonly type?: string;
  /** SvelteKit 2 has it here, if the error has one. */
  readonly status?: number;
  /** SvelteKit 3 has it here. */
  readonly error?: { readonly status?: number };
}

const statusOf = ({ status, error }: Told): number => status ?? error?.status ?? 500;

/** SvelteKit writes this JSON in one piece. */
async function firstChunk(response: Response): Promise<string> {
  const isJson = /^(application\/json|text\/sveltekit-data)\b/.test(response.headers.get("content-type") ?? "");
  const reader = isJson ? response.clone().body?.getReader() : undefined;
  if (!reader) return "";
  const { value } = await reader.read();
  reader.cancel().catch(() => undefined);
  return new TextDecoder().decode(value);
}
