/** What is remembered of a session between two looks. */
export interface Seen {
  readonly userId: string | undefined;
  readonly version: number;
  readonly lastSeenAt: number;
  readonly expiresAt: number;
}

export type Sessions = ReadonlyMap<string, Seen>;

/** In the order of the summary. */
export const changeKinds = ["created", "signed-in", "changed", "seen", "ended", "expired"] as const;

/** What happened to a session between two looks. Only the last of several changes of one kind is seen. */
export interface Change {
  readonly event: (typeof changeKinds)[number];
  readonly id: string;
  readonly userId: string | undefined;
}

/** @param now the store's time of the second look */
export function compare(before: Sessions, after: Sessions, now: number): Change[] {
  return [
    ...[...before].flatMap(([id, { userId, expiresAt }]): Change[] =>
      after.has(id) ? [] : [{ event: expiresAt <= now ? "expired" : "ended", id, userId }],
    ),
    ...[...after].flatMap(([id, seen]): Change[] => {
      const event = changeOf(before.get(id), seen);
      return event === undefined ? [] : [{ event, id, userId: seen.userId }];
    }),
  ];
}

function changeOf(before: Seen | undefined, { userId, version, lastSeenAt }: Seen): Change["event"] | undefined {
  if (before?.userId !== userId && userId !== undefined) return "signed-in";
  if (!before) return "created";
  if (before.version !== version) return "changed";
  return before.lastSeenAt === lastSeenAt ? undefined : "seen";
}
