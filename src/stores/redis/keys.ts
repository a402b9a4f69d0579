import type { RecordKey } from "../../types/store.ts";

/**
 * The names of the store's keys. Each part is escaped, so that colons are always separators, and ASCII, so that Redis and
 * JavaScript sort ids in the same order.
 */
export interface RedisKeys {
  /** Returns the key of a record, which is a string. */
  record(key: RecordKey): string;
  /** Returns the key of the sorted set that lists one user's records. */
  user(namespace: string, userId: string): string;
  /** The prefix of the keys of all those sorted sets. */
  readonly users: string;
  /** Returns the prefix of the keys of all records of a namespace. */
  records(namespace: string): string;
}

export function redisKeys(prefix: string): RedisKeys {
  const users = `${prefix}user:`;
  const records = (namespace: string): string => `${prefix}record:${escaped(namespace)}:`;
  return {
    record: ({ namespace, id }) => records(namespace) + escaped(id),
    user: (namespace, userId) => `${users}${escaped(namespace)}:${escaped(userId)}`,
    users,
    records,
  };
}

/** Encodes any string, even with lone surrogates, as letters, digits and `_.~-%`. Ids of the core stay unchanged. */
export function escaped(text: string): string {
  return text.replace(/[^A-Za-z0-9_.~-]/g, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export function unescaped(text: string): string {
  return text.replace(/%([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** Escapes a string for MATCH. */
export const globbed = (text: string): string => text.replace(/[\\*?[\]^-]/g, "\\$&");
