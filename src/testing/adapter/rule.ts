import type { SessionsOptions } from "../../types/options.ts";
import type { Session } from "../../types/session.ts";
import type { SessionManager, Sessions } from "../../types/sessions.ts";
import type { SessionStore } from "../../types/store.ts";
import type { Transport } from "../../types/transport.ts";

export type Data = { [key: string]: unknown };
export type Options = Omit<SessionsOptions<Data>, "store" | "schema">;

/** The library under test, as an argument, so that the suite can test any build on any runtime. */
export interface AdapterLibrary {
  createSessions(options: Options & { readonly store: SessionStore }): Sessions<Data>;
  memoryStore(): SessionStore;
  cookie(): Transport;
  header(name: string): Transport;
  bearer(): Transport;
  query(name: string): Transport;
}

/** One request, as passed to a handler of the suite. */
export interface Exchange {
  /** Returns the session that the adapter mounted for a manager, in the way its users access it. */
  session(sessions: SessionManager<Data>): Session<Data>;
}

/** The response of a handler of the suite. An iterable body must be streamed. */
export interface Reply {
  /** @default 200 */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | AsyncIterable<string> | undefined;
}

/** A handler per path. Its errors go to the framework, whose error handling responds with their `status`. */
export type AdapterApp = Readonly<Record<string, (exchange: Exchange) => Reply | Promise<Reply>>>;

/** A server that the test has started. */
export interface AdapterServer {
  /** The origin of the server, with a loopback host name. */
  readonly url: string;
  close(): Promise<void>;
}

/** What `adapterConformance()` needs of an adapter: how to start a server with it, and how to send a request to that. */
export interface AdapterUnderTest {
  readonly library: AdapterLibrary;
  /** Starts a real server with these managers mounted in order, and the app's handlers for GET and HEAD. */
  serve(mounts: readonly SessionManager<Data>[], app: AdapterApp): Promise<AdapterServer>;
  /**
   * Sends a real request, like fetch. Follows no redirects, resolves when the response headers arrive, and sends the
   * headers `Cookie` and `Host` unchanged, which not every fetch can do.
   */
  request(url: string, init: AdapterRequest): Promise<Response>;
}

export interface AdapterRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}
