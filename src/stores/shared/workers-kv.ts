import { invalidOption, type SessionError } from "../../types/errors.ts";

/** Of Cloudflare's bindings only those of Workers KV have this method. */
export const isWorkersKv = (binding: object): boolean => "getWithMetadata" in binding;

/** Why there is no store for Workers KV. */
export const workersKv = (): SessionError =>
  invalidOption(
    "Sessions cannot be kept in Workers KV. It has no compare-and-set, so parallel requests would undo each other's changes, and it answers with old values for a minute or more, so a session that was ended would still open. Use d1Store, durableObjectStore or cookieStore.",
  );
