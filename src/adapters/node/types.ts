import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";

export type HttpRequest = IncomingMessage;
export type HttpResponse = ServerResponse;

/** A request of `node:http`, `node:https` or the compatibility layer of `node:http2`. */
export type NodeRequest = HttpRequest | Http2ServerRequest;
export type NodeResponse = HttpResponse | Http2ServerResponse;

/** Goes on to the next handler, or with an error to the next error handler. */
export type Next = (error?: unknown) => void;

/** Middleware as Connect, Express, Polka and others take it. */
export type NodeMiddleware = (req: NodeRequest, res: NodeResponse, next: Next) => void;
