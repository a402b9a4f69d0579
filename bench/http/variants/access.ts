import type { BenchData } from "../../data.ts";

export type Awaitable<T> = T | Promise<T>;

/** How handlers use the session of a library. It gives promises only where the library does. */
export interface Access<Request> {
  fill(request: Request, data: BenchData): Awaitable<void>;
  read(request: Request): Awaitable<number | undefined>;
  /** Adds one view. */
  write(request: Request): Awaitable<number>;
}

/** Of libraries whose session is an object with the data as properties. */
export function byProperty<Request>(sessionOf: (request: Request) => Partial<BenchData>): Access<Request> {
  return {
    fill(request, data) {
      Object.assign(sessionOf(request), data);
    },
    read: (request) => sessionOf(request).views,
    write(request) {
      const session = sessionOf(request);
      const count = (session.views ?? 0) + 1;
      session.views = count;
      return count;
    },
  };
}

/** As much as a handler needs of a session with `get` and `set`. */
export interface MethodSession {
  get(key: "views"): number | undefined;
  set(key: string, value: unknown): unknown;
}

export function byMethod<Request>(sessionOf: (request: Request) => MethodSession): Access<Request> {
  return {
    fill(request, data) {
      const session = sessionOf(request);
      for (const [key, value] of Object.entries(data)) session.set(key, value);
    },
    read: (request) => sessionOf(request).get("views"),
    write(request) {
      const session = sessionOf(request);
      const count = (session.get("views") ?? 0) + 1;
      session.set("views", count);
      return count;
    },
  };
}
