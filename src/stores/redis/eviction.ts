/**
 * Returns what to change where a full server may evict the index of a user's sessions: keys without an expiry.
 *
 * @param memory the server's reply to INFO memory, or an empty string
 */
export function evictionWarning(memory: string): string | undefined {
  const field = (name: string): string => new RegExp(`^${name}:(\\S+)`, "m").exec(memory)?.[1] ?? "";
  const policy = field("maxmemory_policy");
  if (!policy.startsWith("allkeys-") || field("maxmemory") === "0") return undefined;
  return `Redis has maxmemory-policy ${policy}. When its memory is full, it may delete any session, and the list of a user's sessions: then revokeAll() and maxSessionsPerUser miss some. Set it to noeviction (best) or volatile-ttl.`;
}
