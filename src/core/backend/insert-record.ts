import type { RecordKey, SessionStore, StoreCall } from "../../types/store.ts";
import { unknown } from "../commit/commit-errors.ts";
import { remembers } from "../commit/commit-ids.ts";
import { type Flow, wait } from "../language/flow.ts";
import { type SessionState, toRecord } from "../record/record.ts";
import type { ManagerContext } from "../runtime/context.ts";
import { callStore, StoreFailure, timeLeft } from "../runtime/store-call.ts";
import { storedState } from "../state/stored-state.ts";
import type { Withdrawals } from "./withdrawals.ts";

/**
 * Inserts a session's first record. True: stored. False: this id is taken. An insert of unknown outcome is looked up
 * once and never repeated.
 *
 * @param withdrawals delete what is there of an insert in doubt. Absent: a client may have its token all the same
 *
 * @throws SessionError when the store fails
 */
export function* insertRecord(
  context: ManagerContext,
  store: SessionStore,
  withdrawals: Withdrawals | undefined,
  state: SessionState,
  end: number,
): Flow<boolean> {
  const now = context.clock.now();
  const record = toRecord(context.config.namespace, state);
  const create = (call: StoreCall) => store.create(record, now, call);
  let failure: StoreFailure | undefined;
  try {
    if (yield* wait(callStore(context, "create", create, timeLeft(context, end)))) return true;
  } catch (error) {
    if (!(error instanceof StoreFailure)) throw error;
    if (error.certain) throw error.error;
    failure = error;
  }
  // Also if the id is taken: a client library that sends again after a broken connection inserts twice, and is told of
  // the second time only.
  const found = yield* lookUp(context, store, record, end);
  if (typeof found === "object") return remembers(found, state.commitId);
  yield* wait(withdrawals?.add(state.id, state.control.hash));
  if (!failure) return false;
  throw found === "unreachable" ? unknown(failure.error) : failure.error;
}

function* lookUp(
  context: ManagerContext,
  store: SessionStore,
  key: RecordKey,
  end: number,
): Flow<SessionState | "unreachable" | undefined> {
  try {
    const now = context.clock.now();
    const read = (call: StoreCall) => store.read(key, now, call);
    const record = yield* wait(callStore(context, "read", read, timeLeft(context, end)));
    return record && storedState(record, context);
  } catch {
    return "unreachable";
  }
}
