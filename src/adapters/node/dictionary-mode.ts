import type { NodeRequest, NodeResponse } from "./types.ts";

const first: unique symbol = Symbol("coatcheck.first");
const second: unique symbol = Symbol("coatcheck.second");

/** V8 of Node 24 shares hidden classes between objects whose prototype was exchanged; earlier ones make one for each. */
const isNeeded = Number(process.versions.node.split(".")[0]) < 24;

/**
 * Express exchanges the prototype of each request and response, after which every property that is put on one costs a
 * hidden class of its own, about 3 µs. An object that has lost a property is kept as a table instead, where one more
 * costs next to nothing.
 */
export function keepAsTables(req: NodeRequest, res: NodeResponse): void {
  if (!isNeeded || Object.hasOwn(Object.getPrototypeOf(res), "writeHead")) return;
  for (const object of [req, res] as { [first]?: boolean; [second]?: boolean }[]) {
    object[first] = true;
    object[second] = true;
    delete object[first];
  }
}
