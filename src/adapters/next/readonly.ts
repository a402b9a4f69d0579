import { SessionError } from "../../types/errors.ts";
import type { ReadonlySession, Session } from "../../types/session.ts";

const readMethods: ReadonlySet<PropertyKey> = new Set(["get", "has", "keys", "toObject", "toJSON", "constructor"]);

/** Returns a read-only view of the session. Methods that change it throw NOT_SUPPORTED. */
export function readonlySession<Data extends object>(session: Session<Data>): ReadonlySession<Data> {
  const refuse = (_: object, name: PropertyKey): never => {
    throw refused(`A change of "${String(name)}"`);
  };
  return new Proxy<Session<Data>>(session, {
    set: refuse,
    deleteProperty: refuse,
    defineProperty: refuse,
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      if (typeof name === "symbol" || readMethods.has(name)) return value.bind(target);
      return () => {
        throw refused(`${name}()`);
      };
    },
  });
}

const refused = (what: string): SessionError =>
  new SessionError(
    "NOT_SUPPORTED",
    `${what} is not possible on a session from read(): a rendering page cannot set a cookie. Nothing was stored. Change the session in a Server Function (action), in a Route Handler (route) or in proxy.ts (proxy).`,
  );
