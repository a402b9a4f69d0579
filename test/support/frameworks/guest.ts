import { createJar } from "../../../src/testing/cookie-jar.ts";
import { type Answer, ask } from "../adapters/node.ts";

/** Somebody with a browser, before a server. */
export class Guest {
  readonly #url: string;
  readonly #jar = createJar();

  constructor(url: string) {
    this.#url = url;
  }

  get cookie(): string | undefined {
    return this.#jar.header(this.#url);
  }

  async get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.#send(path, { headers });
  }

  /** Sends a form, or another body by its `content-type`. */
  async post(path: string, body: string, headers: Record<string, string> = {}): Promise<Answer> {
    const form = { origin: this.#url, "content-type": "application/x-www-form-urlencoded" };
    return this.#send(path, {
      method: "POST",
      body,
      headers: { ...form, "content-length": `${body.length}`, ...headers },
    });
  }

  async #send(path: string, request: Parameters<typeof ask>[1] & { headers: Record<string, string> }): Promise<Answer> {
    const cookie = this.cookie;
    const headers = { accept: "text/html", ...(cookie && { cookie }), ...request.headers };
    const answer = await ask(this.#url + path, { ...request, headers });
    this.#jar.store(this.#url + path, answer.headers["set-cookie"] ?? []);
    return answer;
  }
}

/** The names of the cookies that a response sets. */
export const cookieNames = ({ headers }: Answer): string[] =>
  (headers["set-cookie"] ?? []).map((line) => line.split("=", 1)[0] as string).toSorted();
