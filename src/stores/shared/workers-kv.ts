import { invalidOption, type SessionError } from "../../types/errors.ts";

/** Returns whether a Cloudflare binding is one of Workers KV: only those have this method. */
export const isWorkersKv = (binding: object): boolean => "getWithMetadata" in binding;

/** Creates the error that explains why there is no store for Workers KV. */
export const workersKv = (): SessionError =>
  invalidOption(
    "Sessions cannot be kept in Workers KV. It has no compare-and-set, so parallel requests would undo each other's changes, and it returns old values for a minute or more, so an ended session would still open. Use d1Store, durableObjectStore or cookieStore.",
  );
