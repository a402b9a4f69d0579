import type { Connection, HttpResponse } from "./connection.ts";

export type Route = "none" | "untouched" | "read" | "write";

/** Where a route is found. `none` and `untouched` differ by the cookie only. */
const paths: Readonly<Record<Route, string>> = { none: "/plain", untouched: "/plain", read: "/read", write: "/write" };

/** One browser with a session: it keeps its cookies, knows what the server must return, and makes one request at a time. */
export class Visitor {
  readonly #number: number;
  readonly #cookies = new Map<string, string>();
  #header = "";
  #views = 0;

  constructor(number: number) {
    this.#number = number;
  }

  /** Begins a session and fills it. */
  async fill(connection: Connection): Promise<void> {
    this.#views = 0;
    this.#cookies.clear();
    this.#header = "";
    const response = await connection.get(`/fill?visitor=${this.#number}`, "");
    this.#expect("/fill", response, "ok");
    this.#keep(response);
    if (this.#header === "") throw new Error("The server began no session.");
  }

  /** One request, its response checked; true when the response set a cookie. */
  async visit(connection: Connection, route: Route): Promise<boolean> {
    const response = await connection.get(paths[route], route === "none" ? "" : this.#header);
    if (route === "write") this.#views++;
    this.#expect(route, response, route === "read" || route === "write" ? `views ${this.#views}` : "ok");
    if (response.setCookies.length === 0) return false;
    if (route === "none") throw new Error("The server began a session for a visitor who needs none.");
    this.#keep(response);
    return true;
  }

  #expect(route: string, { status, body }: HttpResponse, expected: string): void {
    if (status === 200 && body === expected) return;
    throw new Error(`${route}: expected 200 "${expected}", got ${status} "${body.slice(0, 500)}".`);
  }

  #keep({ setCookies }: HttpResponse): void {
    for (const line of setCookies) {
      const [pair = ""] = line.split(";", 1);
      const equals = pair.indexOf("=");
      this.#cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
    }
    this.#header = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }
}

/** What a server without sessions is asked: the same requests without a cookie. */
export async function visitBare(connection: Connection, route: Route): Promise<void> {
  const { status, body } = await connection.get(paths[route], "");
  if (status !== 200 || body !== "ok") throw new Error(`${route}: got ${status} "${body.slice(0, 500)}".`);
}
