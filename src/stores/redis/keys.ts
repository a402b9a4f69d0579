import type { RecordKey } from "../../types/store.ts";

/**
 * The names of the store's keys. Each part is escaped, so that a colon only ever separates, and plain ASCII, so that Redis
 * and JavaScript sort the ids alike.
 */
export interface RedisKeys {
  /** The hash that keeps one record. */
  record(key: RecordKey): string;
  /** The sorted set that lists one user's records. */
  user(namespace: string, userId: string): string;
  /** What all records of a namespace begin with. */
  records(namespace: string): string;
}

export function redisKeys(prefix: string): RedisKeys {
  const records = (namespace: string): string => `${prefix}record:${escaped(namespace)}:`;
  return {
    record: ({ namespace, id }) => records(namespace) + escaped(id),
    user: (namespace, userId) => `${prefix}user:${escaped(namespace)}:${escaped(userId)}`,
    records,
  };
}

/** Any text, lone surrogates included, in letters, digits and `_.~-%`. An id that the core made stays as it is. */
export function escaped(text: string): string {
  return text.replace(/[^A-Za-z0-9_.~-]/g, (unit) => `%${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export function unescaped(text: string): string {
  return text.replace(/%([0-9a-f]{4})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** For MATCH: this text itself. */
export const globbed = (text: string): string => text.replace(/[\\*?[\]^-]/g, "\\$&");
