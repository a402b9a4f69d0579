import type { OpenSession } from "../../types/sessions.ts";

/** Where a session is kept for the property of this name. All requests share these functions, and so their hidden class. */
interface Property {
  readonly slot: symbol;
  readonly get: (this: object) => unknown;
  readonly set: () => never;
}
const properties = new Map<string, Property>();

/**
 * Puts a session on a request, or on a framework's context of it. `req.session = null` would end nothing; a property that is
 * only not writable would let it pass in sloppy mode, so the setter says what to write.
 */
export function putSession(carrier: object, name: string, session: object): void {
  const { slot, get, set } = propertyOf(name);
  Reflect.set(carrier, slot, session);
  Object.defineProperty(carrier, name, { get, set, enumerable: true, configurable: true });
}

/** Throws what an assignment to a session's property deserves. */
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

/** A commit that fails where the session's property is gone: no handler can be told while it deletes it. */
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
