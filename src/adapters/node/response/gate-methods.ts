import type { NodeResponse } from "../types.ts";
import type { Gate, Methods } from "./gate.ts";

const gateKey: unique symbol = Symbol("coatcheck.gate");
type Gated = NodeResponse & { [gateKey]: Gate };

// The same five functions for every response: functions of its own would give each one a hidden class of its own, and
// V8 keeps those, and with them the whole request, until the next full collection.
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

/** Puts a response's first gate before it. */
export function patch(res: NodeResponse, gate: Gate): void {
  Object.assign(res, { [gateKey]: gate, writeHead, write, end, flushHeaders, destroy });
}

/**
 * Puts one more gate before it, above every patch that was made since. What those captured still leads to the first gate:
 * that is how the two answers are told apart.
 */
export function patchAgain(res: NodeResponse, gate: Gate): void {
  const methods = res as unknown as Methods;
  methods.writeHead = (...args) => gate.writeHead(args);
  methods.write = (...args) => gate.call("write", args);
  methods.end = (...args) => gate.call("end", args);
  methods.flushHeaders = () => gate.flushHeaders();
  methods.destroy = (...args) => gate.destroy(args);
}
