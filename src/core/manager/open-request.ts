import type { RequestHead, Transport, TransportContext } from "../../types/transport.ts";
import type { Keeper } from "../backend/backend.ts";
import { isLoopback, isRequestHead, isSecure, requestHead } from "../http/request-head.ts";
import { type Channel, Visit } from "../request/request-session.ts";
import type { Engine } from "../runtime/context.ts";

export const toHead = (request: Request | RequestHead): RequestHead =>
  isRequestHead(request) ? request : requestHead(request);

/** A visit for one request: the tokens it carries, by the first transport that has any. Nothing is loaded yet. */
export function visitOf(engine: Engine, keeper: Keeper, transports: readonly Transport[], head: RequestHead): Visit {
  const context: TransportContext = {
    name: engine.config.name,
    head,
    secure: isSecure(head, engine.config.proxies),
    loopback: isLoopback(head),
  };
  for (const transport of transports) {
    const found = transport.read(head, context);
    const tokens = found === undefined ? [] : typeof found === "string" ? [found] : found;
    if (tokens.length > 0) return new Visit(engine, keeper, channel(transport, context, transports), tokens);
  }
  const first = transports.find((transport) => transport.write) ?? transports[0];
  return new Visit(engine, keeper, first && channel(first, context, transports), []);
}

function channel(transport: Transport, context: TransportContext, transports: readonly Transport[]): Channel {
  return { transport, context, transports };
}
