import { isBytes } from "../../../core/language/shape.ts";
import { headOf } from "../../../security/csrf/head.ts";

/** A `Request`, or a request of Node or of a framework on it. `body` may be parsed already. */
export interface PageRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: object;
  readonly body?: unknown;
}

/** What a page reads of a request before its body. */
export interface Question {
  readonly method: string;
  readonly query: URLSearchParams;
  /** The client asks for JSON and not for a page. */
  readonly json: boolean;
}

export function questionOf(request: PageRequest): Question {
  const { method, header } = headOf(request);
  const { url = "" } = request;
  const accept = header("accept") ?? "";
  return {
    method: method.toUpperCase(),
    query: new URLSearchParams(url.includes("?") ? url.slice(url.indexOf("?") + 1) : ""),
    json: /\bapplication\/json\b/i.test(accept) && !/\btext\/html\b/i.test(accept),
  };
}

/** A form of these pages has some hundred bytes. */
const LONGEST_BODY = 16_384;

export type Fields = Readonly<Record<string, string | undefined>>;

/** Returns the fields of a form or of a JSON object; `undefined` for a body that is too long. What is no string is left out. */
export async function fieldsOf(request: PageRequest): Promise<Fields | undefined> {
  const body = await bodyOf(request);
  if (body === undefined) return undefined;
  const type = headOf(request).header("content-type") ?? "";
  const entries = typeof body === "string" ? parse(body, type) : Object.entries(body);
  return Object.fromEntries(entries.filter(([, value]) => typeof value === "string")) as Fields;
}

function parse(text: string, type: string): [string, unknown][] {
  if (/^application\/x-www-form-urlencoded\b/i.test(type)) return [...new URLSearchParams(text)];
  if (!/^application\/json\b/i.test(type)) return [];
  try {
    return Object.entries(Object(JSON.parse(text)));
  } catch {
    return [];
  }
}

/** Returns the text of the body, or what the application's parser made of it. */
async function bodyOf(request: PageRequest): Promise<string | object | undefined> {
  const { body } = request;
  const source = isUnread(request) ? request : isStream(body) ? chunksOf(body) : undefined;
  if (source) return readText(source);
  if (typeof body === "string") return body;
  if (isBytes(body)) return new TextDecoder().decode(body);
  return typeof body === "object" && body !== null ? body : "";
}

type Chunks = AsyncIterable<Uint8Array>;

/** A request of Node whose body nobody has read. */
const isUnread = (request: object): request is Chunks =>
  Symbol.asyncIterator in request && (request as { readableEnded?: boolean }).readableEnded === false;

const isStream = (body: unknown): body is ReadableStream<Uint8Array> =>
  typeof (body as Partial<ReadableStream> | null | undefined)?.getReader === "function";

async function* chunksOf(stream: ReadableStream<Uint8Array>): Chunks {
  const reader = stream.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** Reads to the end also what is too long, so that the answer arrives, but keeps none of that. */
async function readText(source: Chunks): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of source) {
    size += chunk.byteLength;
    if (size <= LONGEST_BODY) text += decoder.decode(chunk, { stream: true });
  }
  return size > LONGEST_BODY ? undefined : text + decoder.decode();
}
