import type { NodeResponse } from "../types.ts";
import { headersSent } from "./errors.ts";
import type { Gate } from "./gate.ts";

type Change = (...args: unknown[]) => unknown;
type Changes = Record<string, Change | undefined>;

/** Holds the current gate of a response, which changes when a commit fails. */
export interface GateHolder {
  readonly gate: Gate;
}

const heldKey: unique symbol = Symbol("coatcheck.held");
interface Before {
  readonly holder: GateHolder;
  readonly methods: Changes;
  /** Values of plain fields, which mock responses in tests have. */
  readonly fields: Record<string, unknown>;
}
type HeldResponse = NodeResponse & { [heldKey]: Before };

// As in `patch`, all responses share these functions.

/**
 * While held, the response reports its headers as sent and its writes as not drained. It does not report itself as
 * ended, even after `end`: hosts that call a listener themselves, such as AWS Lambda, read `writableEnded` as "the
 * response is complete".
 */
const views = {
  headersSent: view("headersSent", () => true),
  writableNeedDrain: view("writableNeedDrain", (gate) => gate.needsDrain),
};

/** Header methods that throw while the response is held, because its headers are committed. */
const changes: Readonly<Record<string, Change>> = {
  setHeader: change("setHeader", "set"),
  setHeaders: change("setHeaders", "set"),
  appendHeader: change("appendHeader", "append"),
  removeHeader: change("removeHeader", "remove"),
};

/** Makes a held response report itself as sent, so that no other handler responds as well. */
export function reportAsSent(res: NodeResponse, holder: GateHolder): void {
  const own = res as unknown as Changes;
  const methods: Changes = {};
  for (const name in changes) {
    if (!own[name]) continue;
    methods[name] = own[name];
    own[name] = changes[name];
  }
  const fields: Record<string, unknown> = {};
  for (const name in views) if (Object.hasOwn(res, name)) fields[name] = Reflect.get(res, name);
  (res as HeldResponse)[heldKey] = { holder, methods, fields };
  Object.defineProperties(res, views);
}

function view(name: string, whileHeld: (gate: Gate) => boolean): PropertyDescriptor & ThisType<HeldResponse> {
  return {
    configurable: true,
    get() {
      const { holder, fields } = this[heldKey];
      if (holder.gate.state === "held") return whileHeld(holder.gate);
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
  return function (this: HeldResponse, ...args) {
    const { holder, methods } = this[heldKey];
    if (holder.gate.state === "held") throw headersSent(verb);
    return Reflect.apply(methods[name]!, this, args);
  } as Change;
}
