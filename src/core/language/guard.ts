import { isDevelopment } from "./development.ts";

/** What is said when a guarded object is used as a bag of properties. Each names the method to use. */
export interface Hints {
  assigned(name: string): string;
  deleted(name: string): string;
  /** Of a name that is no member. */
  read(name: string): string;
}

/** Names by which tools look over an object that they do not know. Their own names begin with "_", "$" or "@", and the elements of a list with a digit. */
const probes: ReadonlySet<string> = new Set(
  "then catch toJSON toBSON inspect asymmetricMatch nodeType nodeName tagName length size splice pipe on call apply next default prototype nativeEvent preventDefault stopPropagation".split(
    " ",
  ),
);
const isProbe = (key: PropertyKey): boolean => typeof key !== "string" || probes.has(key) || /^[_$@\d]/.test(key);

/** What a guarded class extends: its fields are put on what this returns, which in development is a proxy. */
export class Closed {
  constructor(hints: Hints) {
    // biome-ignore lint/correctness/noConstructorReturn: see above
    return withoutDeletion(this, hints);
  }
}
Object.freeze(Closed.prototype);
Object.freeze(Closed);

/**
 * Closes a class, of whose objects each request has one: no state can be put on what they share, and who takes one of them
 * for a bag of properties is told. It costs nothing, because only names that are no members reach the end of the chain.
 */
export function guardClass(type: { readonly prototype: object }, hints: Hints): void {
  close(type.prototype, hints);
  Object.setPrototypeOf(type.prototype, endOfChain(hints));
  Object.freeze(type.prototype);
  Object.freeze(type);
}

/** The same for a single object, whose properties cannot be replaced any more. */
export function guardObject<T extends object>(object: T, hints: Hints): T {
  close(object, hints);
  Object.setPrototypeOf(object, endOfChain(hints));
  return withoutDeletion(Object.freeze(object), hints);
}

/**
 * An object that tells who deletes a property of it. Without strict mode nothing but a proxy can, and a proxy costs time on
 * every use, so that this is for development.
 */
export function withoutDeletion<T extends object>(object: T, { deleted }: Hints): T {
  if (!isDevelopment) return object;
  return new Proxy(object, {
    deleteProperty: (_, key) => {
      throw new TypeError(deleted(String(key)));
    },
  });
}

/** Freezes an object that requests share, with its methods. */
export function frozen<T extends object>(object: T): T {
  for (const value of Object.values(object)) if (typeof value === "function") Object.freeze(value);
  return Object.freeze(object);
}

/** Setters throw in sloppy mode, too; a property that is only not writable would ignore what is assigned. */
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

/** What names reach that are no members: those of every object work as ever, tools find nothing, all others throw. */
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
