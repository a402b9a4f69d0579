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
    const length = /\r\ncontent-length: (\d+)\r\n/i.exec(head)?.[1];
    if (length === undefined) throw new Error(`The response has no Content-Length:\n${head}`);
    const bodyAt = end + 4;
    const total = bodyAt + Number(length);
    if (this.#received.length < total) return;
    if (this.#received.length > total) throw new Error("The server sent more than one response.");
    const body = this.#received.slice(bodyAt);
    this.#received = "";
    this.#waiting?.resolve({ status: Number(head.slice(9, 12)), body, setCookies: cookiesOf(head) });
  }
}

const setCookie = /\r\nset-cookie: ([^\r]*)/gi;

function cookiesOf(head: string): string[] {
  return [...head.matchAll(setCookie)].map((match) => match[1] as string);
}
