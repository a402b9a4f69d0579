import { isDevelopment } from "./development.ts";

/** The error messages for code that uses a guarded object as a bag of properties. Each names the method to use. */
export interface Hints {
  assigned(name: string): string;
  deleted(name: string): string;
  /** For a name that is not a member. */
  read(name: string): string;
}

/**
 * Names that tools read from unknown objects. Tools also read names that begin with "_", "$" or "@", and array indexes.
 */
const probes: ReadonlySet<string> = new Set(
  "then catch toJSON toBSON inspect asymmetricMatch nodeType nodeName tagName length size splice pipe on call apply next default prototype nativeEvent preventDefault stopPropagation".split(
    " ",
  ),
);
const isProbe = (key: PropertyKey): boolean => typeof key !== "string" || probes.has(key) || /^[_$@\d]/.test(key);

/**
 * The base class of guarded classes. In development its constructor returns a proxy, on which the fields are then
 * defined.
 */
export class Closed {
  constructor(hints: Hints) {
    // biome-ignore lint/correctness/noConstructorReturn: see above
    return withoutDeletion(this, hints);
  }
}
Object.freeze(Closed.prototype);
Object.freeze(Closed);

/**
 * Guards a class with one instance per request. Freezes everything that the instances share, and makes assigning or
 * reading unknown properties throw. Costs nothing at run time, because only unknown names reach the end of the
 * prototype chain.
 */
export function guardClass(type: { readonly prototype: object }, hints: Hints): void {
  close(type.prototype, hints);
  Object.setPrototypeOf(type.prototype, endOfChain(hints));
  Object.freeze(type.prototype);
  Object.freeze(type);
}

/** Guards a single object in the same way, and freezes its own properties. */
export function guardObject<T extends object>(object: T, hints: Hints): T {
  close(object, hints);
  Object.setPrototypeOf(object, endOfChain(hints));
  return withoutDeletion(Object.freeze(object), hints);
}

/**
 * Makes deleting a property throw. In sloppy mode only a proxy can do that, and a proxy slows down every use, so this
 * is for development only.
 */
function withoutDeletion<T extends object>(object: T, { deleted }: Hints): T {
  if (!isDevelopment) return object;
  return new Proxy(object, {
    deleteProperty: (_, key) => {
      throw new TypeError(deleted(String(key)));
    },
  });
}

/** Freezes an object that all requests share, and its methods. */
export function frozen<T extends object>(object: T): T {
  for (const value of Object.values(object)) if (typeof value === "function") Object.freeze(value);
  return Object.freeze(object);
}

/**
 * Replaces properties by accessors. A setter throws even in sloppy mode, which ignores assignments to a read-only
 * property.
 */
function close(object: object, { assigned }: Hints): void {
  for (const key of Reflect.ownKeys(object)) {
    const { value, get = () => value, enumerable = false } = Object.getOwnPropertyDescriptor(object, key)!;
    const set = (): void => {
      throw new TypeError(assigned(String(key)));
    };
    for (const shared of [value, get, set]) if (typeof shared === "function") Object.freeze(shared);
    Object.defineProperty(object, key, { get, set, enumerable });
  }
}

/**
 * The end of the prototype chain, which unknown names reach. Members of Object.prototype work, probes of tools are
 * `undefined`, others throw.
 */
function endOfChain({ assigned, read }: Hints): object {
  const known = (target: object, key: PropertyKey): boolean => {
    if (key in target) return true;
    if (isProbe(key)) return false;
    throw new TypeError(read(String(key)));
  };
  return new Proxy(Object.freeze({}), {
    get: (target, key, receiver) => (known(target, key) ? Reflect.get(target, key, receiver) : undefined),
    has: known,
    set: (_, key) => {
      throw new TypeError(assigned(String(key)));
    },
  });
}
