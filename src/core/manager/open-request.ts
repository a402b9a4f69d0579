import type { RequestHead, Transport, TransportContext } from "../../types/transport.ts";
import type { SessionBackend } from "../backend/backend.ts";
import { isLoopback } from "../http/loopback.ts";
import { isRequestHead, isSecure, requestHead } from "../http/request-head.ts";
import { RequestSession } from "../request/request-session.ts";
import type { ResponseChannel } from "../request/response-channel.ts";
import type { ManagerContext } from "../runtime/context.ts";

export const toHead = (request: Request | RequestHead, peer: string | undefined): RequestHead =>
  isRequestHead(request) ? request : requestHead(request, peer);

/** What transports are told. Whether the request came from this machine is only checked on demand. */
class RequestContext implements TransportContext {
  readonly name: string;
  readonly head: RequestHead;
  readonly secure: boolean;
  #loopback: boolean | undefined;

  constructor(name: string, head: RequestHead, secure: boolean) {
    this.name = name;
    this.head = head;
    this.secure = secure;
  }

  get loopback(): boolean {
    this.#loopback ??= isLoopback(this.head);
    return this.#loopback;
  }
}

/** Creates the session of a request, with the tokens of the first transport that finds any. Loads nothing yet. */
export function openRequest(
  manager: ManagerContext,
  backend: SessionBackend,
  transports: readonly Transport[],
  head: RequestHead,
): RequestSession {
  const context = new RequestContext(manager.config.name, head, isSecure(head, manager.config.proxies));
  for (const transport of transports) {
    const found = transport.read(head, context);
    const tokens = found === undefined ? [] : typeof found === "string" ? [found] : found;
    if (tokens.length > 0) return new RequestSession(manager, backend, channel(transport, context, transports), tokens);
  }
  for (const transport of transports) {
    const unread = transport.explainUnread?.(head, context);
    if (unread) manager.warnOnce(unread.code, unread.message);
  }
  const first = transports.find((transport) => transport.write) ?? transports[0];
  return new RequestSession(manager, backend, first && channel(first, context, transports), []);
}

function channel(transport: Transport, context: TransportContext, transports: readonly Transport[]): ResponseChannel {
  return { transport, context, transports };
}
