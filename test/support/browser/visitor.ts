import type { Session, SessionEvent, SessionManager } from "coatcheck";

/** An observer that keeps what it was told. */
export function recorder(): ((event: SessionEvent) => void) & {
  events: SessionEvent[];
  of: (type: SessionEvent["type"]) => SessionEvent[];
} {
  const events: SessionEvent[] = [];
  const observe = (event: SessionEvent): void => void events.push(event);
  return Object.assign(observe, {
    events,
    of: (type: SessionEvent["type"]) => events.filter((one) => one.type === type),
  });
}

export interface Answer<T> {
  readonly response: Response;
  readonly status: number;
  readonly setCookies: string[];
  readonly result: T;
}

/** A visitor with a cookie jar, who sends one request at a time or several at once to `sessions.handle`. */
export class Browser<Data extends object> {
  readonly sessions: SessionManager<Data>;
  readonly origin: string;
  readonly cookies: Map<string, string> = new Map();

  constructor(sessions: SessionManager<Data>, origin = "http://localhost") {
    this.sessions = sessions;
    this.origin = origin;
  }

  get cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** The session's token in the jar. */
  get token(): string {
    return [...this.cookies.values()][0] ?? "";
  }

  /** A second visitor with the same cookies: another tab, or a thief. */
  copy(): Browser<Data> {
    const twin = new Browser(this.sessions, this.origin);
    for (const [name, value] of this.cookies) twin.cookies.set(name, value);
    return twin;
  }

  async visit<T>(
    handler: (session: Session<Data>, request: Request) => T | Promise<T>,
    options: { status?: number; headers?: Record<string, string>; path?: string } = {},
  ): Promise<Answer<T>> {
    const headers = new Headers(options.headers);
    if (this.cookies.size > 0 && !headers.has("cookie")) headers.set("cookie", this.cookieHeader);
    headers.set("host", new URL(this.origin).host);
    const request = new Request(`${this.origin}${options.path ?? "/"}`, { headers });
    let result: T | undefined;
    const response = await this.sessions.handle(
      request,
      async (_, session) => {
        result = await handler(session, request);
        return new Response("ok", { status: options.status ?? 200 });
      },
      { onError: failed },
    );
    const setCookies = response.headers.getSetCookie();
    for (const line of setCookies) this.#keep(line);
    return { response, status: response.status, setCookies, result: result as T };
  }

  #keep(line: string): void {
    const [pair = ""] = line.split(";");
    const at = pair.indexOf("=");
    const name = pair.slice(0, at);
    if (/max-age=0/i.test(line)) this.cookies.delete(name);
    else this.cookies.set(name, pair.slice(at + 1));
  }
}

/** Shows a test what went wrong, in the body. */
function failed(error: unknown): Response {
  const { status = 500, code = "" } = Object(error) as { status?: number; code?: string };
  return new Response(`${code} ${String(error)}`, { status });
}
