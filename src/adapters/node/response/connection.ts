import type { NodeResponse } from "../types.ts";
import type { Gate } from "./gate.ts";

const guardKey: unique symbol = Symbol("coatcheck.connection");
type Destroy = (this: Connection, error?: unknown) => unknown;

/** The used part of a socket. Mock requests may lack all of it. */
interface Connection {
  [guardKey]?: { readonly gates: Set<Gate>; readonly destroy: Destroy };
  destroy?: Destroy;
  readonly writableEnded?: boolean;
}

/**
 * Keeps a connection that the application destroys open until the held response is sent. Destroys it at once if the
 * client could no longer read that response: after an error, or if the connection has already ended.
 */
export function holdConnection(res: NodeResponse, gate: Gate): void {
  // An HTTP/2 connection carries other responses as well, and closing a stream still sends its pending data.
  if (res.req.httpVersionMajor >= 2) return;
  const connection = res.req.socket as Connection | undefined;
  if (typeof connection?.destroy !== "function") return;
  if (!connection[guardKey]) {
    connection[guardKey] = { gates: new Set(), destroy: connection.destroy };
    connection.destroy = destroy;
  }
  heldGates(connection).add(gate);
}

/** Shared by all connections. */
function destroy(this: Connection, error?: unknown): unknown {
  const [gate] = heldGates(this);
  if (!gate || error || this.writableEnded) return Reflect.apply(this[guardKey]!.destroy, this, [error]);
  gate.destroyLater(() => this.destroy?.());
  return this;
}

/** Returns the gates that hold a response now. Pipelined requests can make that several. */
function heldGates(connection: Connection): Set<Gate> {
  const { gates } = connection[guardKey]!;
  for (const gate of gates) if (gate.state !== "held") gates.delete(gate);
  return gates;
}
