import type { NodeResponse } from "../types.ts";
import { type Gate, headersSent } from "./gate.ts";

type Change = (...args: unknown[]) => unknown;
type Changes = Record<string, Change | undefined>;

/** Whoever knows the gate that stands before a response now. */
export interface GateKeeper {
  readonly gate: Gate;
}

const heldKey: unique symbol = Symbol("coatcheck.held");
interface Before {
  readonly keeper: GateKeeper;
  readonly methods: Changes;
  /** What the response had as plain fields: mock objects of tests do. */
  readonly fields: Record<string, unknown>;
}
type Held = NodeResponse & { [heldKey]: Before };

// As in `patch`, all responses share these functions.

/**
 * What a held response says of itself. Its head can be changed no more, and what was written waits to be taken. It has
 * not ended, though `end` may have been called: hosts that call a listener themselves, on AWS Lambda for instance, read
 * `writableEnded` as "here is the whole answer".
 */
const views = {
  headersSent: view("headersSent", () => true),
  writableNeedDrain: view("writableNeedDrain", (gate) => gate.needsDrain),
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
  const own = res as unknown as Changes;
  const methods: Changes = {};
  for (const name in changes) {
    if (!own[name]) continue;
    methods[name] = own[name];
    own[name] = changes[name];
  }
  const fields: Record<string, unknown> = {};
  for (const name in views) if (Object.hasOwn(res, name)) fields[name] = Reflect.get(res, name);
  (res as Held)[heldKey] = { keeper, methods, fields };
  Object.defineProperties(res, views);
}

function view(name: string, whileHeld: (gate: Gate) => boolean): PropertyDescriptor & ThisType<Held> {
  return {
    configurable: true,
    get() {
      const { keeper, fields } = this[heldKey];
      if (keeper.gate.state === "held") return whileHeld(keeper.gate);
      return name in fields ? fields[name] : Reflect.get(Object.getPrototypeOf(this), name, this);
    },
    set(value) {
      const { fields } = this[heldKey];
      if (name in fields) fields[name] = value;
      else Reflect.set(Object.getPrototypeOf(this), name, value, this);
    },
  };
}

function change(name: string, verb: string): Change {
  return function (this: Held, ...args) {
    const { keeper, methods } = this[heldKey];
    if (keeper.gate.state === "held") throw headersSent(verb);
    return Reflect.apply(methods[name]!, this, args);
  } as Change;
}
