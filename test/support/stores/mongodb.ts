import { randomBytes } from "node:crypto";
import type { MongodbDocument } from "coatcheck/stores/mongodb";
import { type Collection, type CommandStartedEvent, MongoClient, type MongoClientOptions } from "mongodb";
import { onTestFinished } from "vitest";

export { failure, hour, next, now, problem, record } from "./records.ts";

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
