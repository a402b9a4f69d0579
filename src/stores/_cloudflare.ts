import { invalidOption, type SessionError } from "../core/errors.ts";

/** Something is called Workers KV: a binding has this method, and no other binding has. */
export const isWorkersKv = (binding: object): boolean => "getWithMetadata" in binding;

/** Why there is no store for Workers KV. */
export const workersKv = (): SessionError =>
  invalidOption(
    "Sessions cannot be kept in Workers KV: it has no compare-and-set, so parallel requests would undo each other's changes, and it answers with old values for a minute or longer, so a session that was ended would still open. Use d1Store, durableObjectStore or cookieStore.",
  );
