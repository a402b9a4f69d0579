import type { CacheHeaders, PendingResponse } from "../../types/outcome.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { editHeaders, headersTarget } from "./header-edits.ts";

/** How many chunks of a body to read while checking whether it is complete. */
const maxChunks = 16;

const made = new WeakSet<Response>();

/**
 * Notes that a response was made for its request alone and has mutable headers. It is then edited in place: servers know
 * the length of a body only from the response itself, and would send a copy's in chunks.
 */
export function madeHere(response: Response): Response {
  made.add(response);
  return response;
}

/** A `Response` about to be sent, and whether its body is complete. */
export class FetchResponse implements PendingResponse {
  /** The response as given. Replaced by a copy once its body was checked. */
  response: Response;
  readonly #Response: typeof Response;
  #known: Promise<boolean> | undefined;

  constructor(response: Response, own: typeof Response = Response) {
    this.response = response;
    this.#Response = own;
  }

  get headers(): CacheHeaders {
    return headersTarget(this.response.headers);
  }

  isWhole(): true | undefined {
    return this.response.body === null ? true : undefined;
  }

  /**
   * Resolves with true if the whole body can be read without waiting. A body that is still being produced is
   * incomplete.
   */
  whenKnown(): Promise<boolean> {
    this.#known ??= this.#check();
    return this.#known;
  }

  /** Returns the response with the edits of the commit applied. */
  edited(edits: readonly HeaderEdit[]): Response {
    const { response } = this;
    // A network error or a protocol switch (status 0 or 1xx) has no headers to edit, and cannot be copied.
    if (edits.length === 0 || response.status < 200) return response;
    if (made.has(response)) {
      editHeaders(headersTarget(response.headers), edits);
      return response;
    }
    // Copied, because the headers of a fetched response are immutable, and one response may serve several clients.
    const own = madeHere(new this.#Response(response.body, response));
    editHeaders(headersTarget(own.headers), edits);
    return own;
  }

  async #check(): Promise<boolean> {
    const { body, status, bodyUsed } = this.response;
    if (body === null || bodyUsed || body.locked || status < 200) return false;
    const reader = body.getReader();
    const turn = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 0));
    const chunks: Uint8Array[] = [];
    let next = reader.read();
    for (;;) {
      const read = await Promise.race([next.catch(() => undefined), turn]);
      if (read?.done) break;
      if (!read || chunks.length === maxChunks) {
        this.#replace(rest(chunks, next, reader));
        return false;
      }
      chunks.push(read.value);
      next = reader.read();
    }
    this.#replace(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
    return true;
  }

  #replace(body: BodyInit): void {
    this.response = madeHere(new this.#Response(body, this.response));
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** Returns a body that continues one whose first chunks were read, and whose next chunk is pending. */
function rest(chunks: readonly Uint8Array[], awaited: ReturnType<Reader["read"]>, reader: Reader): ReadableStream {
  let next: typeof awaited | undefined = awaited;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
    },
    async pull(controller) {
      const { done, value } = await (next ?? reader.read());
      next = undefined;
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
