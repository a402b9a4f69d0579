import { editHeaders, type HeaderTarget, headersTarget } from "../../core/http/header-edits.ts";
import { isBytes, isHeaders } from "../../core/language/shape.ts";
import type { CacheHeaders, PendingResponse } from "../../types/outcome.ts";
import type { HeaderEdit } from "../../types/transport.ts";

type PlainHeaders = Readonly<Record<string, string>>;

/**
 * What @hono/node-server keeps beside a response whose body is a text or bytes, to send it at once. A read of such a
 * response's body makes it a full one, which takes many times as long to send.
 */
type Note = readonly [status: number, body: string | Uint8Array | null, headers: Headers | PlainHeaders | undefined];

const probeText = "coatcheck";
let known: { readonly Response: typeof Response; readonly note: symbol | undefined } | undefined;

/** Under which name a response has its note. `undefined`: the server is another one. */
function noteName(): symbol | undefined {
  if (known?.Response !== Response) {
    const probe = new Response(probeText);
    const isNoteOfProbe = (value: unknown): boolean =>
      Array.isArray(value) && value.length === 3 && value[0] === 200 && value[1] === probeText;
    const note = Object.getOwnPropertySymbols(probe).find((name) => isNoteOfProbe(Reflect.get(probe, name)));
    known = { Response, note };
  }
  return known.note;
}

function isNote(note: readonly unknown[]): note is Note {
  const [status, body, headers] = note;
  const isWhole = body === null || typeof body === "string" || isBytes(body);
  return typeof status === "number" && status >= 200 && isWhole && areKnown(headers);
}

function areKnown(headers: unknown): boolean {
  if (headers === undefined || isHeaders(headers)) return true;
  if (typeof headers !== "object" || headers === null || Array.isArray(headers)) return false;
  return Object.values(headers).every((value) => typeof value === "string");
}

/** A response that is sent from its note. It is never changed, because one response may serve several clients. */
export class LightResponse implements PendingResponse {
  readonly #response: Response;
  readonly #note: Note;

  private constructor(response: Response, note: Note) {
    this.#response = response;
    this.#note = note;
  }

  /** `undefined`: the response is not one. */
  static of(response: Response): LightResponse | undefined {
    const name = noteName();
    const note: readonly unknown[] | undefined = name && Reflect.get(response, name);
    return note && isNote(note) ? new LightResponse(response, note) : undefined;
  }

  get headers(): CacheHeaders {
    const [, body, headers] = this.#note;
    return isHeaders(headers) ? headersTarget(headers) : new HeaderLines(headers, body);
  }

  isWhole(): true {
    return true;
  }

  /** Returns the response with the edits of the commit applied. */
  edited(edits: readonly HeaderEdit[]): Response {
    if (edits.length === 0) return this.#response;
    const [status, body, headers] = this.#note;
    const content = body as string | Uint8Array<ArrayBuffer> | null;
    if (isHeaders(headers)) {
      const own = new Headers(headers);
      editHeaders(headersTarget(own), edits);
      return new Response(content, { status, headers: own });
    }
    const lines = new HeaderLines(headers, body);
    editHeaders(lines, edits);
    return new Response(content, { status, headers: lines.toInit() });
  }
}

/** Headers without a `Headers` object, which takes longer to make than all else that is done to a response. */
class HeaderLines implements HeaderTarget {
  readonly #values = new Map<string, string>();
  #cookies: readonly string[] = [];

  constructor(headers: PlainHeaders | undefined, body: unknown) {
    // The server's own default, which it leaves out where there are headers.
    const given = headers ?? (body === null ? {} : { "content-type": "text/plain; charset=UTF-8" });
    for (const name in given) this.#add(name.toLowerCase(), given[name]!);
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  *names(): Iterable<string> {
    yield* this.#values.keys();
    if (this.#cookies.length > 0) yield "set-cookie";
  }

  set(name: string, value: string): void {
    this.#values.set(name, value);
  }

  getSetCookie(): readonly string[] {
    return this.#cookies;
  }

  setSetCookie(lines: readonly string[]): void {
    this.#cookies = lines;
  }

  toInit(): Headers | Record<string, string> {
    const cookies = this.#cookies.map((line): [string, string] => ["set-cookie", line]);
    const lines = [...this.#values, ...cookies];
    return cookies.length > 1 ? new Headers(lines) : Object.fromEntries(lines);
  }

  #add(name: string, value: string): void {
    const before = this.#values.get(name);
    if (name === "set-cookie") this.#cookies = [...this.#cookies, value];
    else this.#values.set(name, before === undefined ? value : `${before}, ${value}`);
  }
}
