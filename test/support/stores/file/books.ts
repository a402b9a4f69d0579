import { stamp } from "../../../../src/testing/store/rule.ts";
import type { RecordKey, StoredRecord } from "../../../../src/types/store.ts";

/** What both sides of a crash know of the sessions that are written. */
export const now = 1_800_000_000_000;
export const sessionNames: readonly string[] = Array.from({ length: 10 }, (_, n) => `session-${n}`);

export const keyOf = (id: string): RecordKey => ({ namespace: "session", id });

/** 20 kB of one letter, so that every torn body is seen. */
export const bodyFor = (version: number): string => String.fromCharCode(97 + (version % 26)).repeat(20_000);

export const firstRecord = (id: string): StoredRecord => ({
  ...keyOf(id),
  ...stamp(1),
  body: bodyFor(1),
  createdAt: now,
  lastSeenAt: now,
  expiresAt: now + 3_600_000,
});

export const isTorn = ({ version, body }: StoredRecord): boolean => body !== bodyFor(version);
