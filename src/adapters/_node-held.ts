import { type Gate, headersSent } from "./_node-gate.ts";
import type { NodeResponse } from "./_node-types.ts";

type Change = (...args: unknown[]) => unknown;
type Changes = Record<string, Change | undefined>;

/** Whoever knows the gate that stands before a response now. */
export interface GateKeeper {
  readonly gate: Gate;
}

const heldKey: unique symbol = Symbol("coatcheck.held");
type Held = NodeResponse & { [heldKey]: { readonly keeper: GateKeeper; readonly original: Changes } };

// As in `patch`, all responses share these functions.

/** What a response says of itself while its answer is held: that the answer was given. */
const views = {
  headersSent: view("headersSent", () => true),
  writableEnded: view("writableEnded", (gate) => gate.isEnded),
  writableNeedDrain: view("writableNeedDrain", (gate) => !gate.isEnded),
};

/** What a held response refuses, because its headers are committed already. */
const changes: Readonly<Record<string, Change>> = {
  setHeader: change("setHeader", "set"),
  setHeaders: change("setHeaders", "set"),
  appendHeader: change("appendHeader", "append"),
  removeHeader: change("removeHeader", "remove"),
};

/** Makes a held response look answered, so that nobody answers twice. */
export function lookAnswered(res: NodeResponse, keeper: GateKeeper): void {
  const methods = res as unknown as Changes;
  const original: Changes = {};
  for (const name in changes) {
    if (!methods[name]) continue;
    original[name] = methods[name];
    methods[name] = changes[name];
  }
  (res as Held)[heldKey] = { keeper, original };
  Object.defineProperties(res, views);
}

function view(name: string, whileHeld: (gate: Gate) => boolean): PropertyDescriptor & ThisType<Held> {
  return {
    configurable: true,
    get() {
      const { gate } = this[heldKey].keeper;
      return gate.state === "held" ? whileHeld(gate) : Reflect.get(Object.getPrototypeOf(this), name, this);
    },
  };
}

function change(name: string, verb: string): Change {
  return function (this: Held, ...args) {
    const { keeper, original } = this[heldKey];
    if (keeper.gate.state === "held") throw headersSent(verb);
    return Reflect.apply(original[name]!, this, args);
  } as Change;
}
