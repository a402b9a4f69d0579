import type { BenchData } from "../data.ts";
import type { Route } from "../http/load/visitor.ts";
import type { Awaitable } from "../http/variants/access.ts";

/** How the sessions of a program are kept: in memory, in a store that answers later and keeps text, or in the cookie. */
export type CoreKept = "memory" | "later" | "sealed";

export type CoreRoute = Exclude<Route, "none">;

/** As much of a request as sessions read. */
export class Head {
  readonly method = "GET";
  readonly url = "/shop";
  readonly encrypted = true;
  readonly httpVersion = "1.1";
  readonly #cookie: string;

  constructor(cookie: string) {
    this.#cookie = cookie;
  }

  header(name: string): string | undefined {
    if (name === "cookie") return this.#cookie;
    return name === "host" ? "shop.example" : undefined;
  }
}

/** What became of a request. */
export interface Visited {
  readonly views: number | undefined;
  /** The `Set-Cookie` line of the response. */
  readonly setCookie: string | undefined;
}

/** Something that has sessions: the library's core, or the floor below it. */
export interface Program {
  /** Begins a session. Gives the `Cookie` header. */
  begin(data: BenchData): Promise<string>;
  visit(head: Head, route: CoreRoute): Awaitable<Visited>;
}

export interface ProgramOptions {
  readonly kept: CoreKept;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}
