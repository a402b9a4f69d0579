import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { createJar, type Jar } from "../../../src/testing/cookie-jar.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly setCookies: string[];
  readonly body: string;
}

/** Somebody with a browser that keeps cookies and runs no scripts. */
export class Visitor {
  readonly jar: Jar = createJar();
  /** Where the server is; another one after a restart. */
  url: string;
  readonly agent: string;

  constructor(url: string, agent = "test") {
    this.url = url;
    this.agent = agent;
  }

  async ask(path: string, init: RequestInit = {}): Promise<Answer> {
    const url = new URL(path, this.url);
    const headers = new Headers({ "user-agent": this.agent, ...(init.headers as Record<string, string>) });
    const cookie = this.jar.header(url);
    if (cookie !== undefined) headers.set("cookie", cookie);
    const response = await fetch(url, { redirect: "manual", ...init, headers });
    const setCookies = response.headers.getSetCookie();
    this.jar.store(url, setCookies);
    return { status: response.status, headers: response.headers, setCookies, body: await response.text() };
  }

  /** Sends a form as the page would. */
  post(path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Answer> {
    const origin = new URL(this.url).origin;
    return this.ask(path, { method: "POST", body: new URLSearchParams(fields), headers: { origin, ...headers } });
  }

  /** Sends the first bytes of a form. Resolves when the server has begun with it; it has to wait for the rest. */
  async begin(path: string, form: string): Promise<{ finish(): Promise<number | undefined> }> {
    const url = new URL(path, this.url);
    const headers = {
      cookie: this.jar.header(url) ?? "",
      "content-type": "application/x-www-form-urlencoded",
      "content-length": form.length,
      // Node's server says "continue" when it hands the request to its handler.
      expect: "100-continue",
    };
    const slow = request(url, { method: "POST", headers, agent: false });
    const answer = once(slow, "response") as Promise<[IncomingMessage]>;
    slow.flushHeaders();
    await once(slow, "continue");
    slow.write(form.slice(0, 5));
    return {
      finish: async () => {
        slow.end(form.slice(5));
        const [response] = await answer;
        await once(response.resume(), "end");
        return response.statusCode;
      },
    };
  }

  async text(path: string): Promise<string> {
    return (await this.ask(path)).body;
  }

  async look(): Promise<Page> {
    return readPage(await this.text("/"));
  }

  /** Sends a form and looks at the page to which the answer leads. */
  async act(path: string, fields: Record<string, string> = {}): Promise<Page> {
    const { status, headers, body } = await this.post(path, fields);
    if (status !== 303) throw new Error(`POST ${path} was answered with ${status}:\n${body}`);
    return readPage(await this.text(headers.get("location") ?? ""));
  }

  cookie(name: string): ReturnType<Jar["cookies"]>[number] | undefined {
    return this.jar.cookies().find((cookie) => cookie.name === name);
  }
}

/** What a visitor can read on the page. */
export interface Page {
  readonly html: string;
  readonly heading: string;
  readonly messages: string[];
  readonly views: number;
  readonly facts: Record<string, string>;
  readonly cart: Record<string, number>;
  readonly browsers: { readonly id: string; readonly label: string; readonly text: string; readonly isThis: boolean }[];
  readonly theme: string | undefined;
}

const textOf = (html: string): string =>
  html
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
const all = (html: string, pattern: RegExp): string[][] => [...html.matchAll(pattern)].map(([, ...found]) => found);

export function readPage(html: string): Page {
  const first = (pattern: RegExp): string | undefined => pattern.exec(html)?.[1];
  const list = first(/<ul class="browsers">([\s\S]*?)<\/ul>/) ?? "";
  return {
    html,
    heading: textOf(first(/<h1>(.*?)<\/h1>/) ?? ""),
    messages: all(first(/<div class="messages"[^>]*>(.*?)<\/div>/) ?? "", /<p>(.*?)<\/p>/g).map(([text = ""]) => text),
    views: Number(first(/Views<\/span><strong>(\d+)</)),
    facts: Object.fromEntries(
      all(html, /<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g).map(([name = "", value = ""]) => [name, textOf(value)]),
    ),
    cart: Object.fromEntries(
      all(html, /<th scope="row">([^<]*)<\/th><td>(\d+) ×/g).map(([name = "", count]) => [name, Number(count)]),
    ),
    browsers: all(list, /<li>([\s\S]*?)<\/li>/g).map(([item = ""]) => ({
      id: /<code title="([\w-]+)">/.exec(item)?.[1] ?? "",
      label: /<strong>(.*?)<\/strong>/.exec(item)?.[1] ?? "",
      text: textOf(item),
      isThis: item.includes("This browser"),
    })),
    theme: first(/<html[^>]* data-theme="(\w+)"/),
  };
}
