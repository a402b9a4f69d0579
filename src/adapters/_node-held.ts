import { type Gate, headersSent } from "./_node-gate.ts";
import type { NodeResponse } from "./_node-types.ts";

type Change = (...args: unknown[]) => unknown;

/** What a response says of itself while its answer is held: that the answer was given. */
const views = {
  headersSent: () => true,
  writableEnded: (gate: Gate) => gate.isEnded,
  writableNeedDrain: (gate: Gate) => !gate.isEnded,
} as const;

const changes = { setHeader: "set", setHeaders: "set", appendHeader: "append", removeHeader: "remove" } as const;

/** Makes a held response look answered, so that nobody answers twice or changes headers that are committed already. */
export function lookAnswered(res: NodeResponse, current: () => Gate): void {
  for (const [name, view] of Object.entries(views)) {
    const get = (): unknown => {
      const gate = current();
      return gate.state === "held" ? view(gate) : Reflect.get(Object.getPrototypeOf(res), name, res);
    };
    Object.defineProperty(res, name, { configurable: true, get });
  }
  const methods = res as unknown as Record<string, Change | undefined>;
  for (const [name, verb] of Object.entries(changes)) {
    const original = methods[name];
    if (!original) continue;
    methods[name] = (...args) => {
      if (current().state === "held") throw headersSent(verb);
      return Reflect.apply(original, res, args);
    };
  }
}
