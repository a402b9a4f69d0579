import { SessionError } from "../../types/errors.ts";

/** A page that is made while the application is built is everybody's: using a session in it is an error. */
export function refuse(locals: object, name: string): void {
  const get = (): never => {
    throw new SessionError(
      "SESSION_NOT_MOUNTED",
      "This page is made when the application is built, so it has no session. Add `export const prerender = false;` to it, or use the session in a server island, an endpoint or a page that is rendered on demand.",
    );
  };
  Object.defineProperty(locals, name, { get, set: get, configurable: true });
}
