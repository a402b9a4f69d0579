import type { SessionsOptions } from "../../types/options.ts";
import type { Session } from "../../types/session.ts";
import type { SessionManager, Sessions } from "../../types/sessions.ts";
import type { SessionStore } from "../../types/store.ts";
import type { Transport } from "../../types/transport.ts";

export type Data = { [key: string]: unknown };
export type Options = Omit<SessionsOptions<Data>, "store" | "schema">;

/** The library under test, handed in so that the suite runs on whatever build and runtime is to be proven. */
export interface AdapterLibrary {
  createSessions(options: Options & { readonly store: SessionStore }): Sessions<Data>;
  memoryStore(): SessionStore;
  cookie(): Transport;
  header(name: string): Transport;
  bearer(): Transport;
  query(name: string): Transport;
}

/** One request, as a handler of the suite sees it. */
export interface Exchange {
  /** The session that the adapter mounted for a manager, however its users reach it. */
  session(sessions: SessionManager<Data>): Session<Data>;
}

/** What a handler of the suite answers. A body in pieces is to be streamed. */
export interface Reply {
  /** @default 200 */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | AsyncIterable<string> | undefined;
}

/** A handler for each path. What it throws goes to the framework, whose own error handling answers by its `status`. */
export type AdapterApp = Readonly<Record<string, (exchange: Exchange) => Reply | Promise<Reply>>>;

export interface AdapterServer {
  /** The origin, by a loopback name. */
  readonly url: string;
  close(): Promise<void>;
}

export interface AdapterUnderTest {
  readonly library: AdapterLibrary;
  /** Starts a real server with these sessions mounted in order, and the app's handlers for GET and HEAD. */
  serve(mounts: readonly SessionManager<Data>[], app: AdapterApp): Promise<AdapterServer>;
  /**
   * Sends a real request, as fetch does. It follows no redirect, gives the response as soon as its headers are there,
   * and sends the headers `Cookie` and `Host` as they are given, which not every fetch can.
   */
  request(url: string, init: AdapterRequest): Promise<Response>;
}

export interface AdapterRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
}
