import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import https from "node:https";
import type { AddressInfo, Server } from "node:net";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { ReadableStream } from "node:stream/web";
import type { HeaderEdit, Outcome } from "coatcheck";
import { commitBeforeResponse } from "../../../src/adapters/node/response/committed-response.ts";
import { cert, key } from "./certificate.ts";

/** For HTTP/2, too, whose compatibility layer has the same methods. */
export type Listener = (req: http.IncomingMessage, res: http.ServerResponse) => void;
/** `h2c`: HTTP/2 without TLS. */
export type Protocol = "http" | "https" | "http2" | "h2c";

export interface Served {
  readonly url: string;
  readonly server: Server;
  close(): Promise<void>;
}

/** A real server on a free port of this machine. */
export async function serve(listener: Listener, protocol: Protocol = "http"): Promise<Served> {
  const server = {
    http: () => http.createServer(listener),
    https: () => https.createServer({ cert, key }, listener),
    http2: () => http2.createSecureServer({ cert, key }, listener as never),
    h2c: () => http2.createServer(listener as never),
  }[protocol]();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `${protocol === "http" || protocol === "h2c" ? "http" : "https"}://localhost:${port}`,
    server,
    close: async () => {
      if ("closeAllConnections" in server) server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly reason: string | undefined;
  /** As `IncomingHttpHeaders`; `set-cookie` is a list. */
  readonly headers: http.IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface AskOptions {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly agent?: http.Agent;
  /** Lets the visitor leave. */
  readonly signal?: AbortSignal;
  /** Called when the first header block is here, before the body. */
  readonly onHead?: (headers: http.IncomingHttpHeaders) => void;
  readonly onInformation?: (status: number) => void;
}

/** One request by http or https. */
export async function ask(url: string, options: AskOptions = {}): Promise<Answer> {
  const { method = "GET", headers = {}, agent = false, onHead, onInformation, body, signal } = options;
  const { request } = url.startsWith("https") ? https : http;
  const req = request(url, { method, headers, agent, signal, ca: cert, lookup: toLoopback } as https.RequestOptions);
  req.on("information", ({ statusCode }) => onInformation?.(statusCode));
  req.end(body);
  const [res] = (await once(req, "response")) as [http.IncomingMessage];
  onHead?.(res.headers);
  const { statusCode = 0, statusMessage, rawHeaders } = res;
  return { status: statusCode, reason: statusMessage, headers: res.headers, rawHeaders, body: await text(res) };
}

type Found = (error: null, address: string | { address: string; family: number }[], family?: number) => void;

const toLoopback = (_host: string, { all }: { all?: boolean }, found: Found): void =>
  all ? found(null, [{ address: "127.0.0.1", family: 4 }]) : found(null, "127.0.0.1", 4);

/** One request by HTTP/2. */
export async function askHttp2(url: string, options: AskOptions = {}): Promise<Answer> {
  const { method = "GET", headers = {}, onHead, onInformation, body, signal } = options;
  const { origin, pathname, search } = new URL(url);
  const client = http2.connect(origin, { ca: cert, lookup: toLoopback } as http2.SecureClientSessionOptions);
  try {
    const stream = client.request({ ...headers, ":method": method, ":path": pathname + search }, { signal });
    stream.on("headers", (head) => onInformation?.(Number(head[":status"])));
    stream.end(body);
    const response = once(stream, "response") as Promise<[http.IncomingHttpHeaders, number, string[]?]>;
    const closed = once(stream, "close").then(() => Promise.reject(new Error("closed without a response")));
    closed.catch(() => undefined);
    const [head, , rawHeaders = []] = await Promise.race([response, closed]);
    onHead?.(head);
    const status = Number((head as Record<string, unknown>)[":status"]);
    return { status, reason: undefined, headers: head, rawHeaders, body: await text(stream) };
  } finally {
    client.close();
  }
}

/** As fetch, but with any header, and for our own certificate. */
export async function request(url: string, options: AskOptions): Promise<Response> {
  const { method = "GET", headers = {} } = options;
  const { request } = url.startsWith("https") ? https : http;
  const own = { agent: false, ca: cert, servername: "localhost", lookup: toLoopback };
  const req = request(url, { method, headers, ...own } as https.RequestOptions);
  req.end();
  const [res] = (await once(req, "response")) as [http.IncomingMessage];
  return toResponse(res.statusCode ?? 0, pairsOf(res.rawHeaders), res);
}

/** As fetch, over HTTP/2. */
export async function requestHttp2(url: string, options: AskOptions): Promise<Response> {
  const { origin, pathname, search } = new URL(url);
  const { host, ...headers } = options.headers ?? {};
  const client = http2.connect(origin, { ca: cert, lookup: toLoopback } as http2.SecureClientSessionOptions);
  const stream = client.request({
    ...headers,
    ...(host && { ":authority": host }),
    ":method": options.method ?? "GET",
    ":path": pathname + search,
  });
  stream.on("close", () => client.close());
  const [{ ":status": status }, , raw] = (await once(stream, "response")) as [{ ":status": number }, number, string[]];
  return toResponse(status, pairsOf(raw), stream);
}

const pairsOf = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, at) => (at % 2 === 0 && !name.startsWith(":") ? [[name, raw[at + 1] ?? ""]] : []));

function toResponse(status: number, headers: [string, string][], body: Readable): Response {
  const isEmpty = status === 204 || status === 304;
  if (isEmpty) body.resume();
  return new Response(isEmpty ? null : (ReadableStream.from(body) as BodyInit), { status, headers });
}

export const askBy = (protocol: Protocol): typeof ask => (protocol === "http2" ? askHttp2 : ask);

export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

export function deferred<T = void>(): Deferred<T> {
  let settle!: Omit<Deferred<T>, "promise">;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}

export interface HeldCommit {
  commit(outcome: Outcome): Promise<HeaderEdit[]>;
  readonly outcomes: Outcome[];
  /** Resolves when the response asks for the commit. */
  readonly begun: Promise<void>;
  succeed(edits?: HeaderEdit[]): void;
  fail(error: unknown): void;
}

/** A session's commit in the hands of a test. */
export function heldCommit(): HeldCommit {
  const outcomes: Outcome[] = [];
  const begun = deferred();
  const result = deferred<HeaderEdit[]>();
  return {
    outcomes,
    begun: begun.promise,
    commit: (outcome) => {
      const { response: _, ...rest } = outcome;
      outcomes.push(rest);
      begun.resolve();
      return outcomes.length === 1 ? result.promise : Promise.resolve([]);
    },
    succeed: (edits: HeaderEdit[] = []) => result.resolve(edits),
    fail: result.reject,
  };
}

export const cookieEdit = (name: string, value: string): HeaderEdit => ({
  kind: "cookie",
  name,
  value: `${name}=${value}; Path=/`,
});

export { commitBeforeResponse };
