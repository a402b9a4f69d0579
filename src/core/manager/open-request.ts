import type { RequestHead, Transport, TransportContext } from "../../types/transport.ts";
import type { SessionBackend } from "../backend/backend.ts";
import { isLoopback, isRequestHead, isSecure, requestHead } from "../http/request-head.ts";
import { RequestSession, type ResponseChannel } from "../request/request-session.ts";
import type { ManagerContext } from "../runtime/context.ts";

export const toHead = (request: Request | RequestHead): RequestHead =>
  isRequestHead(request) ? request : requestHead(request);

/** A visit for one request: the tokens it carries, by the first transport that has any. Nothing is loaded yet. */
export function openRequest(
  manager: ManagerContext,
  backend: SessionBackend,
  transports: readonly Transport[],
  head: RequestHead,
): RequestSession {
  const context: TransportContext = {
    name: manager.config.name,
    head,
    secure: isSecure(head, manager.config.proxies),
    loopback: isLoopback(head),
  };
  for (const transport of transports) {
    const found = transport.read(head, context);
    const tokens = found === undefined ? [] : typeof found === "string" ? [found] : found;
    if (tokens.length > 0) return new RequestSession(manager, backend, channel(transport, context, transports), tokens);
  }
  const first = transports.find((transport) => transport.write) ?? transports[0];
  return new RequestSession(manager, backend, first && channel(first, context, transports), []);
}

function channel(transport: Transport, context: TransportContext, transports: readonly Transport[]): ResponseChannel {
  return { transport, context, transports };
}
