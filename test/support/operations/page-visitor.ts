import type { Sessions } from "coatcheck";
import type { PageHandler } from "coatcheck/admin";
import { createJar, type Jar } from "../../../src/testing/cookie-jar.ts";

export interface Shown {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

type Send = (request: Request) => Promise<Response>;

/** What a page of the same origin sends. */
const own = { "sec-fetch-site": "same-origin", host: "shop.test" };

/** Somebody with a cookie jar before a page, without a browser. */
export class PageVisitor {
  readonly jar: Jar;
  readonly send: Send;
  readonly path: string;

  constructor(send: Send, path = "/page", jar: Jar = createJar()) {
    this.send = send;
    this.path = path;
    this.jar = jar;
  }

  /** Before a page that is served by `sessions.handle()`. */
  static of<Data extends object>(sessions: Sessions<Data>, page: PageHandler<Data>): PageVisitor {
    return new PageVisitor((request) => sessions.handle(request, page));
  }

  async ask(query = "", init: RequestInit = {}): Promise<Shown> {
    const url = new URL(this.path + query, "https://shop.test");
    const headers = new Headers({ ...own, ...(init.headers as Record<string, string>) });
    const cookie = this.jar.header(url);
    if (cookie !== undefined) headers.set("cookie", cookie);
    const response = await this.send(new Request(url, { ...init, headers }));
    this.jar.store(url, response.headers.getSetCookie());
    return { status: response.status, headers: response.headers, body: await response.text() };
  }

  async json<T>(query = ""): Promise<T> {
    const { body } = await this.ask(query, { headers: { accept: "application/json" } });
    return JSON.parse(body) as T;
  }

  /** The token in the form that the page shows now. */
  async token(): Promise<string> {
    return /name="_csrf" value="([0-9a-f]+)"/.exec((await this.ask()).body)?.[1] ?? "";
  }

  /** Sends a form without a token of the visitor's own, unless it is among the fields. */
  post(fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Shown> {
    return this.ask("", { method: "POST", body: new URLSearchParams(fields), headers });
  }

  /** Sends a form of the page as it is shown now. */
  async submit(fields: Record<string, string>): Promise<Shown> {
    return this.post({ _csrf: await this.token(), ...fields });
  }

  /** The sentence about what the last form has done. */
  async note(): Promise<string | undefined> {
    return /<p class="note" role="status">([^<]*)</.exec((await this.ask()).body)?.[1];
  }
}
