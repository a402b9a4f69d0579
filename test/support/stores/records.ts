import { expect } from "vitest";
import { stamp } from "../../../src/testing/store/rule.ts";
import { SessionError } from "../../../src/types/errors.ts";
import type { StoredRecord } from "../../../src/types/store.ts";

export const now: number = Date.now();
export const hour = 3_600_000;

/** Returns version 1 of a session that expires in an hour. */
export const record = (fields: Partial<StoredRecord> = {}): StoredRecord => ({
  namespace: "session",
  id: "AAAAAAAAAAAAAAAAAAAAAA",
  ...stamp(1),
  body: "body",
  createdAt: now,
  lastSeenAt: now,
  expiresAt: now + hour,
  ...fields,
});

/** Returns the version after this one. */
export const next = (base: StoredRecord, fields: Partial<StoredRecord> = {}): StoredRecord => ({
  ...base,
  ...stamp(base.version + 1),
  body: `${base.body}.`,
  ...fields,
});

/** Returns what the work failed with, which is a SessionError. */
export async function failure(work: unknown): Promise<SessionError> {
  const error = await problem(work);
  expect(error).toBeInstanceOf(SessionError);
  return error as SessionError;
}

/** Returns what the work failed with. */
export async function problem(work: unknown): Promise<Error> {
  const error = await Promise.resolve(work).then(
    (value) => expect.fail(`it should have failed, and gave ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  return error as Error;
}
