import type { Transport, TransportContext } from "../../types/transport.ts";

/** How the response reaches the client. */
export interface ResponseChannel {
  readonly transport: Transport;
  readonly context: TransportContext;
  /** All transports that were asked for a token, because the response depends on each. */
  readonly transports: readonly Transport[];
}
