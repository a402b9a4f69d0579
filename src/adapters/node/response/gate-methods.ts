import type { NodeResponse } from "../types.ts";
import type { Gate, Methods } from "./gate.ts";

const gateKey: unique symbol = Symbol("coatcheck.gate");
type Gated = NodeResponse & { [gateKey]: Gate };

// All responses share these five functions. Closures would give each response a hidden class of its own, and V8 keeps
// those, and the whole request with them, until the next full garbage collection.
function writeHead(this: Gated, ...args: unknown[]): unknown {
  return this[gateKey].writeHead(args);
}
function write(this: Gated, ...args: unknown[]): unknown {
  return this[gateKey].call("write", args);
}
function end(this: Gated, ...args: unknown[]): unknown {
  return this[gateKey].call("end", args);
}
function flushHeaders(this: Gated): unknown {
  return this[gateKey].flushHeaders();
}
function destroy(this: Gated, ...args: unknown[]): unknown {
  return this[gateKey].destroy(args);
}

/** Patches a response with its first gate. */
export function patch(res: NodeResponse, gate: Gate): void {
  Object.assign(res, { [gateKey]: gate, writeHead, write, end, flushHeaders, destroy });
}

/**
 * Patches the response with another gate, above all patches made since. The methods that those captured still lead to
 * the first gate, which tells the discarded response from the error response.
 */
export function patchAgain(res: NodeResponse, gate: Gate): void {
  const methods = res as unknown as Methods;
  methods.writeHead = (...args) => gate.writeHead(args);
  methods.write = (...args) => gate.call("write", args);
  methods.end = (...args) => gate.call("end", args);
  methods.flushHeaders = () => gate.flushHeaders();
  methods.destroy = (...args) => gate.destroy(args);
}
