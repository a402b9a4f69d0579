import { invalidOption, SessionError } from "../../types/errors.ts";
import type { Session } from "../../types/session.ts";
import type { SessionManager } from "../../types/sessions.ts";
import { combineErrors } from "../http/error-response.ts";
import { settle } from "../language/settle.ts";

type Named = Pick<SessionManager, "name">;

/** A linked list of the sessions of one request, one for each manager. */
interface Mount {
  readonly manager: Named;
  readonly session: Session<object>;
  readonly next: Mount | undefined;
}

// A property, because a WeakMap with a key per request is slow to garbage-collect.
const mounts: unique symbol = Symbol.for("coatcheck.mounts");
type Carrier = { [mounts]?: Mount };

/** @throws SessionError INVALID_OPTION where another manager of this name is mounted: they would undo each other's cookies */
export function mount(carriers: readonly object[], manager: Named, session: Session<object>): void {
  for (const carrier of carriers as readonly Carrier[]) {
    for (let one = carrier[mounts]; one; one = one.next) {
      if (one.manager !== manager && one.manager.name === manager.name) throw sameName(manager.name);
    }
  }
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

function sameName(name: string): SessionError {
  return invalidOption(
    `Two managers of the name "${name}" are mounted on one request, so each would take the other's token for a broken one. Give one of them another name, or use one manager.`,
  );
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
