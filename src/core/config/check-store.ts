import { isPromise } from "../../crypto/awaitable.ts";
import { invalidOption } from "../../types/errors.ts";
import { kindOf } from "../language/known-keys.ts";
import { isMap } from "../language/shape.ts";

const required = {
  record: ["read", "create", "replace", "touch", "delete"],
  sealed: ["seal", "unseal"],
} as const;

/** Tells a store from what is often given in its place. @throws SessionError INVALID_OPTION */
export function checkStore(store: unknown): void {
  if (store === undefined) return;
  const instead = mistaken(store);
  if (instead !== undefined) throw invalidOption(`store is ${kindOf(store)}. ${instead}`);
  const { kind } = store as { readonly kind?: unknown };
  const names = kind === "record" || kind === "sealed" ? required[kind] : undefined;
  if (!names) {
    throw invalidOption(
      'store is no store: its "kind" must be "record" or "sealed". Take one of coatcheck/stores/…, or write one as docs/store-contract.md says.',
    );
  }
  const missing = names.find((name) => !isFunction(store, name));
  if (missing !== undefined) throw invalidOption(`store has no function ${missing}(), which every store needs.`);
}

/** What to do with a thing that is no store. */
function mistaken(store: unknown): string | undefined {
  if (typeof store === "string") {
    return "Where it is a URL, use openStore(url) of coatcheck/stores/open: store: await openStore(url).";
  }
  if (typeof store === "function") return "Call what makes the store, as in store: memoryStore().";
  if (typeof store !== "object" || store === null) return "Leave it out to keep sessions in memory.";
  if (isPromise(store)) return "Await it first, as in store: await openStore(url).";
  if (isMap(store)) return "To keep sessions in memory, use memoryStore().";
  if ("kind" in store || !["get", "set", "destroy"].every((name) => isFunction(store, name))) return undefined;
  return "A store for express-session needs a bridge: expressSessionStore({ store }) of coatcheck/bridges/express-session.";
}

const isFunction = (store: unknown, name: string): boolean =>
  typeof (store as Record<string, unknown>)[name] === "function";
