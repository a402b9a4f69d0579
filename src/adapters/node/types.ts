import type { IncomingMessage, ServerResponse } from "node:http";
import type { Http2ServerRequest, Http2ServerResponse } from "node:http2";

export type HttpRequest = IncomingMessage;
export type HttpResponse = ServerResponse;

/** A request of `node:http`, `node:https` or the compatibility layer of `node:http2`. */
export type NodeRequest = HttpRequest | Http2ServerRequest;
/** A response of `node:http`, `node:https`, or of the compatibility layer of `node:http2`. */
export type NodeResponse = HttpResponse | Http2ServerResponse;

/** Calls the next handler, or with an error the next error handler. */
export type Next = (error?: unknown) => void;

/** Middleware as Connect, Express, Polka and others accept it. */
export type NodeMiddleware = (req: NodeRequest, res: NodeResponse, next: Next) => void;
