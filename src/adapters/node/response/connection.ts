import type { NodeResponse } from "../types.ts";
import type { Gate } from "./gate.ts";

const guardKey: unique symbol = Symbol("coatcheck.connection");
type Destroy = (this: Connection, error?: unknown) => unknown;

/** The part of a socket that matters here. What mock requests have in its place may lack all of it. */
interface Connection {
  [guardKey]?: { readonly gates: Set<Gate>; readonly destroy: Destroy };
  destroy?: Destroy;
  readonly writableEnded?: boolean;
}

/**
 * Lets a connection that is closed by the application stay until the answer that is held on it has left. It closes at
 * once where nobody could read that answer any more: when it broke, or was ended already.
 */
export function holdConnection(res: NodeResponse, gate: Gate): void {
  // In HTTP/2 a connection carries other answers as well, and its streams are closed with what waits to be sent.
  if (res.req.httpVersionMajor >= 2) return;
  const connection = res.req.socket as Connection | undefined;
  if (typeof connection?.destroy !== "function") return;
  if (!connection[guardKey]) {
    connection[guardKey] = { gates: new Set(), destroy: connection.destroy };
    connection.destroy = destroy;
  }
  heldOn(connection).add(gate);
}

/** One function for all connections. */
function destroy(this: Connection, error?: unknown): unknown {
  const [gate] = heldOn(this);
  if (!gate || error || this.writableEnded) return Reflect.apply(this[guardKey]!.destroy, this, [error]);
  gate.cutLater(() => this.destroy?.());
  return this;
}

/** Those that hold an answer now; several where requests come one behind the other. */
function heldOn(connection: Connection): Set<Gate> {
  const { gates } = connection[guardKey]!;
  for (const gate of gates) if (gate.state !== "held") gates.delete(gate);
  return gates;
}
