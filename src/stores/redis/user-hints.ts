/**
 * The users of the sessions that this process read last. Only a hint: it tells `replace` whether the user changes. A
 * missing or wrong hint costs one round trip.
 */
export interface UserHints {
  note(key: string, userId: string | undefined): void;
  /** Returns whether the session had another user, or none, when it was read, and removes the hint. */
  isNew(key: string, userId: string): boolean;
}

/** Enough for the concurrent requests of one process. */
const maxHints = 1_000;

export function userHints(): UserHints {
  const known = new Map<string, string | undefined>();
  return {
    note(key, userId) {
      known.set(key, userId);
      if (known.size > maxHints) for (const oldest of known.keys()) return void known.delete(oldest);
    },
    isNew(key, userId) {
      if (!known.has(key)) return false;
      const before = known.get(key);
      known.delete(key);
      return before !== userId;
    },
  };
}
