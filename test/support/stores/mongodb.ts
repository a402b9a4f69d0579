import { randomBytes } from "node:crypto";
import { SessionError, type StoredRecord } from "coatcheck";
import type { MongodbDocument } from "coatcheck/stores/mongodb";
import { type Collection, type CommandStartedEvent, MongoClient, type MongoClientOptions } from "mongodb";
import { expect, onTestFinished } from "vitest";
import { stamp } from "../../../src/testing/store/rule.ts";

export const now: number = Date.now();
export const hour = 3_600_000;

/** A name that nobody else uses. */
export const newName = (): string => `test_${randomBytes(8).toString("hex")}`;

/** A collection of a client for one test. */
export function collectionOf(url: string, options: MongoClientOptions = {}, name: string = newName()): Collection {
  // After trouble the driver looks at the server again at once.
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 5_000, minHeartbeatFrequencyMS: 10, ...options });
  const collection = client.db().collection(name);
  onTestFinished(async () => {
    // The server may be gone by now, or may not answer.
    await collection.drop().catch(() => undefined);
    await client.close();
  });
  return collection;
}

export interface Watched {
  readonly collection: Collection;
  /** The commands that were sent since the last time, but those by which clients keep in touch. */
  sent(): MongodbDocument[];
}

/** A collection that tells what is sent for it. */
export function watchedCollection(url: string, options: MongoClientOptions = {}): Watched {
  const collection = collectionOf(url, { ...options, monitorCommands: true });
  const commands: MongodbDocument[] = [];
  collection.db.client.on("commandStarted", ({ command, commandName }: CommandStartedEvent) => {
    if (commandName !== "endSessions") commands.push(command);
  });
  return { collection, sent: () => commands.splice(0) };
}

export function record(fields: Partial<StoredRecord> = {}): StoredRecord {
  const times = { createdAt: now, lastSeenAt: now, expiresAt: now + hour };
  return { namespace: "session", id: "AAAAAAAAAAAAAAAAAAAAAA", ...stamp(1), body: "body", ...times, ...fields };
}

export const next = (base: StoredRecord, fields: Partial<StoredRecord> = {}): StoredRecord => ({
  ...base,
  ...stamp(base.version + 1),
  body: `${base.body}.`,
  ...fields,
});

/** What the work failed with. */
export async function failureOf(work: unknown): Promise<Error> {
  const error = await Promise.resolve(work).then(
    (value) => expect.fail(`it gave ${JSON.stringify(value)}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  return error as Error;
}

/** The store's own error, by which it says that nothing was written. */
export async function refusalOf(work: unknown): Promise<SessionError> {
  const error = await failureOf(work);
  expect(error).toBeInstanceOf(SessionError);
  return error as SessionError;
}
