import type { NodeResponse } from "../types.ts";
import { type Gate, headersSent, type Methods } from "./gate.ts";

/**
 * Express gives each response a prototype of its own making, and after that every property that is put on the response
 * costs V8 a hidden class for this one object. So there the patch goes, once, on the prototype that Express lends to all
 * its responses (`express.response`, which is there to be extended), and a response carries one property. Responses
 * without a session pass through.
 */

/** Whoever knows the gates of a response. */
export interface SharedKeeper {
  /** The gate that stands before the response now. */
  readonly gate: Gate;
  /** The one that the shared functions lead to; absent where the response is patched itself. */
  readonly sharedGate: Gate | undefined;
}

export const responseKey: unique symbol = Symbol("coatcheck.response");
const beneathKey: unique symbol = Symbol("coatcheck.beneath");
type Method = (...args: unknown[]) => unknown;
type Shared = NodeResponse & { [responseKey]?: SharedKeeper; [beneathKey]: Methods & Record<string, Method> };

const methods = {
  writeHead(this: Shared, ...args: unknown[]): unknown {
    const gate = this[responseKey]?.sharedGate;
    return gate ? gate.writeHead(args) : Reflect.apply(this[beneathKey].writeHead, this, args);
  },
  write: through("write"),
  end: through("end"),
  flushHeaders(this: Shared): unknown {
    const gate = this[responseKey]?.sharedGate;
    return gate ? gate.flushHeaders() : Reflect.apply(this[beneathKey].flushHeaders, this, []);
  },
  destroy(this: Shared, ...args: unknown[]): unknown {
    const gate = this[responseKey]?.sharedGate;
    return gate ? gate.destroy(args) : Reflect.apply(this[beneathKey].destroy, this, args);
  },
};

const changes = {
  setHeader: refusing("setHeader", "set"),
  setHeaders: refusing("setHeaders", "set"),
  appendHeader: refusing("appendHeader", "append"),
  removeHeader: refusing("removeHeader", "remove"),
};

/** The methods beneath the shared patch, which is made if need be; `undefined` where it would not be reached. */
export function sharedMethods(res: NodeResponse): Methods | undefined {
  const names = Object.keys(methods) as (keyof typeof methods)[];
  if (names.some((name) => Object.hasOwn(res, name))) return undefined;
  if ((res as unknown as Methods).writeHead !== methods.writeHead) {
    const holder = lentPrototype(res);
    if (!holder) return undefined;
    share(holder);
  }
  return (res as Shared)[beneathKey];
}

/** The topmost prototype beneath Node's own; `undefined` for a response that has Node's directly. */
function lentPrototype(res: NodeResponse): object | undefined {
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
  const beneath: Record<string, Method> = {};
  for (const [name, method] of Object.entries({ ...methods, ...changes })) {
    if (!node[name]) continue;
    beneath[name] = node[name];
    Object.defineProperty(holder, name, { value: method, configurable: true, writable: true });
  }
  Object.defineProperty(holder, beneathKey, { value: beneath });
  Object.defineProperties(holder, {
    headersSent: view(node, "headersSent", () => true),
    writableNeedDrain: view(node, "writableNeedDrain", (gate) => gate.needsDrain),
  });
}

function through(name: "write" | "end"): Method {
  return function (this: Shared, ...args) {
    const gate = this[responseKey]?.sharedGate;
    return gate ? gate.call(name, args) : Reflect.apply(this[beneathKey][name], this, args);
  } as Method;
}

function refusing(name: string, verb: string): Method {
  return function (this: Shared, ...args) {
    const keeper = this[responseKey];
    if (keeper?.sharedGate && keeper.gate.state === "held") throw headersSent(verb);
    return Reflect.apply(this[beneathKey][name]!, this, args);
  } as Method;
}

function view(node: object, name: string, whileHeld: (gate: Gate) => boolean): PropertyDescriptor & ThisType<Shared> {
  return {
    configurable: true,
    get() {
      const keeper = this[responseKey];
      if (keeper?.sharedGate && keeper.gate.state === "held") return whileHeld(keeper.gate);
      return Reflect.get(node, name, this);
    },
  };
}
