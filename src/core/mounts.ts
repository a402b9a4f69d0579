import { SessionError } from "./errors.ts";
import type { Session } from "./session.ts";

/** By request object and manager: the session that this request has with that manager. */
const mounted = new WeakMap<object, Map<object, Session<object>>>();

export function mount(carriers: readonly object[], manager: object, session: Session<object>): void {
  for (const carrier of carriers) {
    const sessions = mounted.get(carrier);
    if (sessions) sessions.set(manager, session);
    else mounted.set(carrier, new Map([[manager, session]]));
  }
}

export function mountedSession(carrier: object, manager: object): Session<object> | undefined {
  return mounted.get(carrier)?.get(manager);
}

export function notMounted(name: string): SessionError {
  return new SessionError(
    "SESSION_NOT_MOUNTED",
    `There is no session "${name}" on this request. Mount it before the handlers that use it, for example app.use(session(sessions)), or read the option "skip" again.`,
  );
}

/**
 * Commits every session mounted on one request. All are tried.
 *
 * @throws what one commit threw, or an AggregateError of several
 */
export async function saveAll(carrier: object): Promise<void> {
  const sessions = [...(mounted.get(carrier)?.values() ?? [])];
  const results = await Promise.allSettled(sessions.map((session) => session.save()));
  const errors = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} sessions of this request were not stored.`);
}
