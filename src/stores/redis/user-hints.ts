/**
 * Whose each of the sessions is that this process read last. Only a hint: it saves `replace` from asking the server whether
 * the user changed, and if it is missing or wrong that costs a round trip.
 */
export interface Owners {
  note(key: string, userId: string | undefined): void;
  /** Whether the session had another user, or none, when it was read. Forgets it. */
  isNew(key: string, userId: string): boolean;
}

/** Enough for the requests that one process has in hand at a time. */
const most = 1_000;

export function owners(): Owners {
  const known = new Map<string, string | undefined>();
  return {
    note(key, userId) {
      known.set(key, userId);
      if (known.size > most) for (const oldest of known.keys()) return void known.delete(oldest);
    },
    isNew(key, userId) {
      if (!known.has(key)) return false;
      const before = known.get(key);
      known.delete(key);
      return before !== userId;
    },
  };
}
