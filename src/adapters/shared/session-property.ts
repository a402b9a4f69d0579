import type { OpenSession } from "../../types/sessions.ts";

/** The accessors of a session property. All requests share them, and so share one hidden class. */
interface Property {
  readonly slot: symbol;
  readonly get: (this: object) => unknown;
  readonly set: () => never;
}
const properties = new Map<string, Property>();

/**
 * Defines the property of a request, or of a framework's context, that holds the session. `req.session = null` would
 * not end the session, and sloppy mode ignores assignments to a read-only property, so the setter throws.
 */
export function defineSession(carrier: object, name: string, session: object): void {
  const { slot, get, set } = propertyOf(name);
  Reflect.set(carrier, slot, session);
  Object.defineProperty(carrier, name, { get, set, enumerable: true, configurable: true });
}

/** Returns a setter that throws for every assignment to a session's property. */
export const refuseAssignment = (name: string): (() => never) => propertyOf(name).set;

function propertyOf(name: string): Property {
  let property = properties.get(name);
  if (!property) {
    const slot = Symbol(`coatcheck.property.${name}`);
    const get = function (this: object): unknown {
      return Reflect.get(this, slot);
    };
    const set = (): never => {
      throw replaced(name, "assigned to");
    };
    property = { slot, get: Object.freeze(get), set: Object.freeze(set) };
    properties.set(name, property);
  }
  return property;
}

/** Makes the commit fail if a handler deleted the session's property. A `delete` cannot throw at that moment. */
export function unlessDeleted<Data extends object>(
  { session, commit }: OpenSession<Data>,
  name: string,
  isThere: () => boolean,
): OpenSession<Data> {
  let isDeleted = false;
  return {
    session,
    commit: (outcome) => {
      if (isDeleted) return commit({ ...outcome, status: 500 });
      isDeleted = outcome.status < 500 && !isThere();
      return isDeleted ? Promise.reject(replaced(name, "deleted")) : commit(outcome);
    },
  };
}

const replaced = (name: string, what: string): TypeError =>
  new TypeError(
    `The property "${name}", which holds the request's session, was ${what}. That ends no session and stores nothing. Use destroy() of the session to sign out, clear() to empty it, set() and delete() to change it.`,
  );
