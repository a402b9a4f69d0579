import { connect, type Socket } from "node:net";

export interface HttpResponse {
  readonly status: number;
  readonly body: string;
  /** The values of all `Set-Cookie` lines. */
  readonly setCookies: readonly string[];
}

/**
 * A keep-alive connection, one request at a time. It reads as much of HTTP as the servers under test write, because the
 * generator must cost less than what it measures.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #head: string;
  #received = "";
  #waiting: { resolve(response: HttpResponse): void; reject(error: Error): void } | undefined;

  constructor(port: number) {
    this.#head = ` HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUser-Agent: coatcheck-bench\r\nAccept: text/html\r\n`;
    this.#socket = connect({ host: "127.0.0.1", port, noDelay: true });
    this.#socket.setEncoding("latin1");
    this.#socket.on("data", (text: string) => {
      try {
        this.#receive(text);
      } catch (error) {
        this.#waiting?.reject(error as Error);
      }
    });
    this.#socket.on("error", (error) => this.#waiting?.reject(error));
    this.#socket.on("close", () => this.#waiting?.reject(new Error("The server closed the connection.")));
  }

  get(path: string, cookie: string): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      const cookies = cookie === "" ? "" : `Cookie: ${cookie}\r\n`;
      this.#socket.write(`GET ${path}${this.#head}${cookies}\r\n`, "latin1");
    });
  }

  close(): void {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #receive(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf("\r\n\r\n");
    if (end === -1) return;
    const head = this.#received.slice(0, end + 2);
    const framed = bodyOf(head, this.#received.slice(end + 4));
    if (!framed) return;
    if (framed.rest !== "") throw new Error("The server sent more than one response.");
    this.#received = "";
    this.#waiting?.resolve({ status: Number(head.slice(9, 12)), body: framed.body, setCookies: cookiesOf(head) });
  }
}

/** The body at the beginning of a text, and what follows it; `undefined` while it is not whole. */
export function bodyOf(head: string, text: string): { readonly body: string; readonly rest: string } | undefined {
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1];
  if (length !== undefined) {
    const end = Number(length);
    return text.length < end ? undefined : { body: text.slice(0, end), rest: text.slice(end) };
  }
  if (!/\r\ntransfer-encoding: chunked\r\n/i.test(head))
    throw new Error(`The response does not say its length:\n${head}`);
  let body = "";
  for (let at = 0; ; ) {
    const line = text.indexOf("\r\n", at);
    if (line === -1) return undefined;
    const size = Number.parseInt(text.slice(at, line), 16);
    const end = line + 2 + size;
    if (text.length < end + 2) return undefined;
    body += text.slice(line + 2, end);
    if (size === 0) return { body, rest: text.slice(end + 2) };
    at = end + 2;
  }
}

const setCookie = /\r\nset-cookie: ([^\r]*)/gi;

function cookiesOf(head: string): string[] {
  return [...head.matchAll(setCookie)].map((match) => match[1] as string);
}
