import type { NodeRequest, NodeResponse } from "./types.ts";

const first: unique symbol = Symbol("coatcheck.first");
const second: unique symbol = Symbol("coatcheck.second");

/**
 * V8 in Node 24 shares hidden classes between objects whose prototype was replaced. Earlier versions create one per
 * object.
 */
const isNeeded = Number(process.versions.node.split(".")[0]) < 24;

/**
 * Switches both objects to V8's dictionary mode. Express replaces the prototype of each request and response; after
 * that, every new property creates a hidden class of its own, which costs about 3 µs. Deleting a property makes V8
 * store the object as a hash table, where further properties cost almost nothing.
 */
export function useDictionaryMode(req: NodeRequest, res: NodeResponse): void {
  if (!isNeeded || Object.hasOwn(Object.getPrototypeOf(res), "writeHead")) return;
  for (const object of [req, res] as { [first]?: boolean; [second]?: boolean }[]) {
    object[first] = true;
    object[second] = true;
    delete object[first];
  }
}
