import { AsyncLocalStorage } from "node:async_hooks";
import type { Observer, SessionEvent } from "../../types/events.ts";

/** An event, with the id of the request that it happened in. */
export type IdentifiedEvent = SessionEvent & {
  /** Absent: it happened outside of `withRequestId()`, such as when expired sessions were deleted. */
  readonly requestId?: string | undefined;
};

const current = new AsyncLocalStorage<string>();

/**
 * Runs the rest of a request under its id, so that the events of its sessions have that id. Mount it before the sessions.
 *
 * @example
 * app.use((req, res, next) => withRequestId(req.headers["x-request-id"] ?? randomUUID(), next));
 */
export const withRequestId = <Result>(id: string, run: () => Result): Result => current.run(id, run);

/**
 * Returns an observer that passes on each event with the id of its request.
 *
 * @example
 * sessions.observe(identified(({ requestId, ...event }) => log.info({ requestId, event })));
 */
export function identified(observer: (event: IdentifiedEvent) => unknown): Observer {
  return (event) => observer(withId(event));
}

/** What is told, with the id of the request if there is one. */
export function withId<Told extends object>(told: Told): Told & { readonly requestId?: string } {
  const requestId = current.getStore();
  return requestId === undefined ? told : { ...told, requestId };
}
