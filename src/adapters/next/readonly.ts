import { SessionError } from "../../types/errors.ts";
import type { ReadonlySession, Session } from "../../types/session.ts";

const reading: ReadonlySet<PropertyKey> = new Set(["get", "has", "keys", "toObject", "toJSON", "constructor"]);

/** The session for those who can only read it; what would change it says why it cannot. */
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
      if (typeof name === "symbol" || reading.has(name)) return value.bind(target);
      return () => {
        throw refused(`${name}()`);
      };
    },
  });
}

const refused = (what: string): SessionError =>
  new SessionError(
    "NOT_SUPPORTED",
    `${what} is not possible on a session from read(): a page that renders cannot set a cookie. Change the session in a Server Function (action), in a Route Handler (route) or in proxy.ts (proxy).`,
  );
