/**
 * The status of an error within a response of status 200. SvelteKit answers its own client so: navigation asks for the
 * data of each load function, and a remote function is told of its error, by JSON with what went wrong in it.
 */
export async function hiddenStatus(response: Response): Promise<number> {
  const line = await firstLine(response);
  if (!line.includes('"type":"error"')) return response.status;
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

/** All of it, unless data streams in later: that has lines of its own. */
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
