import { SessionError } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import { combineErrors } from "../http/error-response.ts";
import { settle } from "../language/settle.ts";

/** A linked list of the sessions of one request, one for each manager. */
interface Mount {
  readonly manager: object;
  readonly session: Session<object>;
  readonly next: Mount | undefined;
}

// A property, because a WeakMap with a key per request is slow to garbage-collect.
const mounts: unique symbol = Symbol.for("coatcheck.mounts");
type Carrier = { [mounts]?: Mount };

export function mount(carriers: readonly object[], manager: object, session: Session<object>): void {
  for (const carrier of carriers as readonly Carrier[]) {
    carrier[mounts] = { manager, session, next: carrier[mounts] };
  }
}

/** @throws TypeError if the carrier is not an object, usually because the argument was forgotten */
export function checkCarrier(call: string, carrier: unknown): void {
  if ((typeof carrier === "object" && carrier !== null) || typeof carrier === "function") return;
  const given = carrier === null ? "null" : typeof carrier;
  throw new TypeError(`${call} takes the request, or the framework's context of it, and was given ${given}.`);
}

export function mountedSession(carrier: object, manager: object): Session<object> | undefined {
  let found = (carrier as Carrier)[mounts];
  while (found && found.manager !== manager) found = found.next;
  return found?.session;
}

export function notMounted(name: string): SessionError {
  return new SessionError(
    "SESSION_NOT_MOUNTED",
    `There is no session "${name}" on this request. Mount it before the handlers that use it, for example app.use(session(sessions)), or check the option "skip".`,
  );
}

/**
 * Commits all sessions mounted on a request, even if one of them fails.
 *
 * @throws the error of the commit that failed, or an AggregateError if several did
 */
export async function saveAll(carrier: object): Promise<void> {
  checkCarrier("saveAll()", carrier);
  const sessions: Session<object>[] = [];
  for (let item = (carrier as Carrier)[mounts]; item; item = item.next) sessions.unshift(item.session);
  const { errors } = await settle(sessions.map((session) => session.save()));
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw combineErrors(errors);
}
