import type { CacheHeaders, PendingAnswer } from "../../types/sessions.ts";
import type { HeaderEdit } from "../../types/transport.ts";
import { editHeaders, headersTarget } from "./header-edits.ts";

/** So many pieces of a body are looked at. */
const most = 16;

/** A `Response` that is to leave, and whether its body is all there. */
export class FetchAnswer implements PendingAnswer {
  /** With the body as it was given; made again once that was looked at. */
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

  /** A text is read without waiting for anything; whatever is still being made is not whole. */
  whenKnown(): Promise<boolean> {
    this.#known ??= this.#look();
    return this.#known;
  }

  /** The response with what the commit wants to say. */
  edited(edits: readonly HeaderEdit[]): Response {
    const { response } = this;
    // A network error or a switch of protocols has no headers to speak of, and cannot be made again.
    if (edits.length === 0 || response.status < 200) return response;
    // Made again, because the headers of a fetched one cannot be changed, and one that was may serve other visitors too.
    const own = new this.#Response(response.body, response);
    editHeaders(headersTarget(own.headers), edits);
    return own;
  }

  async #look(): Promise<boolean> {
    const { body, status, bodyUsed } = this.response;
    if (body === null || bodyUsed || body.locked || status < 200) return false;
    const reader = body.getReader();
    const turn = new Promise<undefined>((resolve) => setTimeout(resolve, 0));
    const pieces: Uint8Array[] = [];
    let next = reader.read();
    for (;;) {
      const read = await Promise.race([next.catch(() => undefined), turn]);
      if (read?.done) break;
      if (!read || pieces.length === most) {
        this.#replace(rest(pieces, next, reader));
        return false;
      }
      pieces.push(read.value);
      next = reader.read();
    }
    this.#replace(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer());
    return true;
  }

  #replace(body: BodyInit): void {
    this.response = new this.#Response(body, this.response);
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** A body whose first pieces were read, and whose next one is awaited. */
function rest(pieces: readonly Uint8Array[], awaited: ReturnType<Reader["read"]>, reader: Reader): ReadableStream {
  let next: typeof awaited | undefined = awaited;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
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
