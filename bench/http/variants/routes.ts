import { type Size, sessionData } from "../../data.ts";
import type { Access, Awaitable } from "./access.ts";

/** Gives the body of the response to a request. */
export type Answer<Request> = (request: Request, url: string) => Awaitable<string>;

export type Routes<Request> = Readonly<Record<"/fill" | "/plain" | "/read" | "/write", Answer<Request>>>;

/** The routes of a server, the same for all libraries. */
export function routesOf<Request>(size: Size, access: Access<Request> | undefined): Routes<Request> {
  const ok = (): string => "ok";
  if (!access) return { "/fill": ok, "/plain": ok, "/read": ok, "/write": ok };
  return {
    "/fill": (request, url) => {
      const visitor = Number(url.slice(url.indexOf("=") + 1));
      return then(access.fill(request, sessionData(size, visitor)), ok);
    },
    "/plain": ok,
    "/read": (request) => then(access.read(request), views),
    "/write": (request) => then(access.write(request), views),
  };
}

const views = (count: number | undefined): string => `views ${count}`;

/** Goes on at once where there is nothing to wait for, so that only libraries that make promises pay for them. */
export function then<T, U>(value: Awaitable<T>, next: (value: T) => U): Awaitable<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}
