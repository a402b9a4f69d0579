import type { SessionManager, Sessions } from "../../types/sessions.ts";
import { createJar, type Jar } from "../cookie-jar.ts";
import { type TestStore, testStore } from "./recording-store.ts";
import type { AdapterApp, AdapterServer, AdapterUnderTest, Data, Options } from "./rule.ts";

export interface TestResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly setCookies: readonly string[];
  readonly body: string;
}

type Send = (path: string, method: string, headers: Readonly<Record<string, string>>) => Promise<Response>;

/** The managers, servers and clock of one case. `close` closes them all. */
export class Harness {
  /** The time in epoch milliseconds, for managers and cookie jars. */
  now: number = Date.now();
  readonly store: TestStore;
  readonly #adapter: AdapterUnderTest;
  readonly #managers: Sessions<Data>[] = [];
  readonly #servers: AdapterServer[] = [];

  constructor(adapter: AdapterUnderTest) {
    this.#adapter = adapter;
    this.store = this.newStore();
  }

  get library(): AdapterUnderTest["library"] {
    return this.#adapter.library;
  }

  newStore(): TestStore {
    return testStore(this.library.memoryStore());
  }

  sessions(options: Options = {}, store: TestStore = this.store): Sessions<Data> {
    const quiet = { clock: () => this.now, observer: () => undefined, pruneInterval: false } as const;
    const manager = this.library.createSessions({ ...quiet, ...options, store });
    this.#managers.push(manager);
    return manager;
  }

  /** Starts a server. Returns a function that creates a visitor with a cookie jar of its own. */
  async open(app: AdapterApp, ...mounts: SessionManager<Data>[]): Promise<() => Visitor> {
    const server = await this.#adapter.serve(mounts, app);
    this.#servers.push(server);
    const send: Send = (path, method, headers) => this.#adapter.request(server.url + path, { method, headers });
    return () => new Visitor(server.url, send, createJar({ clock: () => this.now }));
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
    await Promise.all(this.#managers.map((manager) => manager.close()));
  }
}

export class Visitor {
  readonly url: string;
  readonly jar: Jar;
  readonly #send: Send;

  constructor(url: string, send: Send, jar: Jar) {
    this.url = url;
    this.#send = send;
    this.jar = jar;
  }

  /** The `Cookie` header of the jar; an empty string without cookies. */
  get cookie(): string {
    return this.jar.header(this.url) ?? "";
  }

  /** Sends the jar's cookies, unless a `cookie` header is given. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}, method = "GET"): Promise<TestResponse> {
    const response = await this.request(path, headers, method);
    const { status, headers: given } = response;
    return { status, headers: given, setCookies: given.getSetCookie(), body: await response.text() };
  }

  /** Like `get`, but resolves before the body ends. */
  async request(path: string, headers: Readonly<Record<string, string>> = {}, method = "GET"): Promise<Response> {
    const cookie = this.cookie;
    const response = await this.#send(path, method, { ...(cookie && { cookie }), ...headers });
    this.jar.store(this.url + path, response.headers.getSetCookie());
    return response;
  }

  /** Returns a visitor with the same cookies: another tab, or a thief. */
  copy(): Visitor {
    const twin = new Visitor(this.url, this.#send, createJar());
    twin.jar.store(this.url, this.jar.cookies().map(asLine));
    return twin;
  }
}

const asLine = ({ name, value, path, secure }: ReturnType<Jar["cookies"]>[number]): string =>
  `${name}=${value}; Path=${path}${secure ? "; Secure" : ""}`;

/** One rule of the adapter contract, with its check. */
export interface AdapterRule {
  readonly title: string;
  check(harness: Harness): Promise<void>;
}
