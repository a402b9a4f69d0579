import { checkStore } from "../../core/config/check-store.ts";
import { optionalMethods } from "../../core/config/optional-methods.ts";
import type { Awaitable } from "../../types/awaitable.ts";
import { invalidOption } from "../../types/errors.ts";
import type { SessionStore, StoreCall } from "../../types/store.ts";

/** Names an operation of a store that does something in it. */
export type StoreOperation =
  | "read"
  | "create"
  | "replace"
  | "touch"
  | "delete"
  | "list"
  | "prune"
  | "clear"
  | "count"
  | "setup"
  | "time";

/**
 * Runs one operation of a store, or refuses it by an exception. `id` is that of the record, if the operation has one. What
 * it returns is plain if the answer of `run` is.
 */
export type Around = <T>(
  operation: StoreOperation,
  run: () => Awaitable<T>,
  call: StoreCall | undefined,
  id?: string,
) => Awaitable<T>;

/**
 * Returns a store whose operations run through `around`. It has the optional methods that the inner store has, and no
 * others. Closing and listening pass through.
 *
 * @throws SessionError INVALID_OPTION
 */
export function wrapStore(store: SessionStore, where: string, around: Around): SessionStore {
  checkInner(store, where);
  const { list, prune, clear, count, setup, time, ...others } = optionalMethods(store);
  return {
    kind: "record",
    name: store.name,
    atomic: store.atomic,
    read: (key, now, call) => around("read", () => store.read(key, now, call), call, key.id),
    create: (record, now, call) => around("create", () => store.create(record, now, call), call, record.id),
    replace: (record, expected, now, call) =>
      around("replace", () => store.replace(record, expected, now, call), call, record.id),
    touch: (key, expected, lastSeenAt, expiresAt, now, call) =>
      around("touch", () => store.touch(key, expected, lastSeenAt, expiresAt, now, call), call, key.id),
    delete: (key, call) => around("delete", () => store.delete(key, call), call, key.id),
    // These return promises, so that a refusal is a rejection.
    ...(list && { list: async (...args) => around("list", () => list(...args), args[3]) }),
    ...(prune && { prune: async (...args) => around("prune", () => prune(...args), args[2]) }),
    ...(clear && { clear: async (...args) => around("clear", () => clear(...args), args[1]) }),
    ...(count && { count: async (...args) => around("count", () => count(...args), args[2]) }),
    ...(setup && { setup: async (...args) => around("setup", () => setup(...args), args[0]) }),
    ...(time && { time: async (...args) => around("time", () => time(...args), args[0]) }),
    ...others,
  };
}

function checkInner(store: SessionStore | undefined, where: string): void {
  checkStore(store);
  if (store?.kind === "record") return;
  throw invalidOption(`${where} takes a store of records, such as postgresStore(). A sealed cookie asks no store.`);
}
