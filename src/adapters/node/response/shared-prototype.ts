import type { NodeResponse } from "../types.ts";
import { headersSent } from "./errors.ts";
import type { Gate, Methods } from "./gate.ts";

/**
 * Express replaces the prototype of each response. After that, every property added to the response costs V8 a hidden
 * class for this one object. So the patch is applied once, to the prototype that all responses of Express share
 * (`express.response`, which is meant to be extended), and each response carries one property. Responses without a
 * session pass through.
 */

/** Holds the gates of a response. */
export interface SharedGateHolder {
  /** The current gate. */
  readonly gate: Gate;
  /** The gate that the shared functions use; absent if the response itself is patched. */
  readonly sharedGate: Gate | undefined;
}

export const responseKey: unique symbol = Symbol("coatcheck.response");
const originalKey: unique symbol = Symbol("coatcheck.original");
type Method = (...args: unknown[]) => unknown;
type Shared = NodeResponse & { [responseKey]?: SharedGateHolder; [originalKey]: Methods & Record<string, Method> };

const methods = {
  writeHead(this: Shared, ...args: unknown[]): unknown {
    const gate = this[responseKey]?.sharedGate;
    return gate ? gate.writeHead(args) : Reflect.apply(this[originalKey].writeHead, this, args);
  },
  write: through("write"),
  end: through("end"),
  flushHeaders(this: Shared): unknown {
    const gate = this[responseKey]?.sharedGate;
    return gate ? gate.flushHeaders() : Reflect.apply(this[originalKey].flushHeaders, this, []);
  },
  destroy(this: Shared, ...args: unknown[]): unknown {
    const gate = this[responseKey]?.sharedGate;
    return gate ? gate.destroy(args) : Reflect.apply(this[originalKey].destroy, this, args);
  },
};

const changes = {
  setHeader: refusing("setHeader", "set"),
  setHeaders: refusing("setHeaders", "set"),
  appendHeader: refusing("appendHeader", "append"),
  removeHeader: refusing("removeHeader", "remove"),
};

/**
 * Applies the shared patch if needed and returns the original methods; `undefined` if the response would not reach it.
 */
export function sharedMethods(res: NodeResponse): Methods | undefined {
  const names = Object.keys(methods) as (keyof typeof methods)[];
  if (names.some((name) => Object.hasOwn(res, name))) return undefined;
  if ((res as unknown as Methods).writeHead !== methods.writeHead) {
    const holder = sharedPrototype(res);
    if (!holder) return undefined;
    share(holder);
  }
  return (res as Shared)[originalKey];
}

/** Returns the last prototype before Node's own; `undefined` if Node's is the direct prototype. */
function sharedPrototype(res: NodeResponse): object | undefined {
  let holder: object = res;
  for (;;) {
    const next: object | null = Object.getPrototypeOf(holder);
    if (!next) return undefined;
    if (Object.hasOwn(next, "writeHead")) return holder === res ? undefined : holder;
    holder = next;
  }
}

function share(holder: object): void {
  const node: Record<string, Method> = Object.getPrototypeOf(holder);
  const original: Record<string, Method> = {};
  for (const [name, method] of Object.entries({ ...methods, ...changes })) {
    if (!node[name]) continue;
    original[name] = node[name];
    Object.defineProperty(holder, name, { value: method, configurable: true, writable: true });
  }
  Object.defineProperty(holder, originalKey, { value: original });
  Object.defineProperties(holder, {
    headersSent: view(node, "headersSent", () => true),
    writableNeedDrain: view(node, "writableNeedDrain", (gate) => gate.needsDrain),
  });
}

function through(name: "write" | "end"): Method {
  return function (this: Shared, ...args) {
    const gate = this[responseKey]?.sharedGate;
    return gate ? gate.call(name, args) : Reflect.apply(this[originalKey][name], this, args);
  } as Method;
}

function refusing(name: string, verb: string): Method {
  return function (this: Shared, ...args) {
    const holder = this[responseKey];
    if (holder?.sharedGate && holder.gate.state === "held") throw headersSent(verb);
    return Reflect.apply(this[originalKey][name]!, this, args);
  } as Method;
}

function view(node: object, name: string, whileHeld: (gate: Gate) => boolean): PropertyDescriptor & ThisType<Shared> {
  return {
    configurable: true,
    get() {
      const holder = this[responseKey];
      if (holder?.sharedGate && holder.gate.state === "held") return whileHeld(holder.gate);
      return Reflect.get(node, name, this);
    },
  };
}
