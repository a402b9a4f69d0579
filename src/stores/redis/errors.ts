import { SessionError } from "../../types/errors.ts";
import { reason } from "../shared/client-error.ts";

/** Error codes for commands that Redis did not start, and what to do about each. */
const refusals: ReadonlyMap<string, string> = new Map([
  ["OOM", "It is out of memory: raise its maxmemory, or shorten the lifetime of sessions."],
  [
    "READONLY",
    "It is a read-only replica: point the client at the primary. After a failover behind one host name, a client with an old connection must connect again (reconnectOnError of ioredis).",
  ],
  ["MISCONF", "It cannot save its data to disk and therefore writes nothing: look at its log."],
  ["NOREPLICAS", "It has fewer replicas than min-replicas-to-write: bring them back."],
  ["LOADING", "It is still loading its data from disk: wait."],
  ["BUSY", "Another script keeps it busy: see SCRIPT KILL."],
  ["MASTERDOWN", "It is a replica that has lost its primary: point the client at the primary."],
  ["CLUSTERDOWN", "A part of the cluster is down: bring it back."],
  ["TRYAGAIN", "The cluster is moving this key to another node: try again."],
  ["MOVED", "The cluster moved this key to another node: use the client's cluster mode."],
  ["ASK", "The cluster is moving this key to another node: use the client's cluster mode."],
  ["NOAUTH", "It requires a password: give the client its credentials."],
  ["WRONGPASS", "It does not accept the client's credentials."],
  ["NOPERM", "The client's user lacks a permission (ACL) that the session store needs."],
  ["WRONGTYPE", "A key of the session store holds a value of another type: choose another prefix."],
]);

/** Returns the code at the start of an error reply; before Redis 7, errors inside scripts are wrapped. */
export function replyCode(error: unknown): string | undefined {
  const text = reason(error);
  return (/^ERR Error running script .*?: -?([A-Z]{3,}) /s.exec(text) ?? /^-?([A-Z]{3,})\b/.exec(text))?.[1];
}

/** Converts the error of a command: a `SessionError` where nothing can have been written, else the error itself. */
export function commandFailure(error: unknown): unknown {
  if (SessionError.is(error)) return error;
  const advice = refusals.get(replyCode(error) ?? "");
  if (advice === undefined) return error;
  const message = `Redis refused an operation of the session store, and nothing was written. ${advice} It says: ${reason(error)}`;
  return new SessionError("STORE_UNAVAILABLE", message, { cause: error });
}

/** Creates the error for a command that was not sent. */
export function unsent(what: string, cause?: unknown): SessionError {
  const message = `The redis store ${what}. Nothing was written.`;
  return new SessionError("STORE_UNAVAILABLE", message, { cause });
}
