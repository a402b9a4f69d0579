import { invalidOption, SessionError } from "../../types/errors.ts";
import { codeOf, reason } from "../shared/client-error.ts";
import type { MongodbCollection, MongodbDocument } from "./client.ts";

export interface MongodbIndex {
  readonly name: string;
  readonly key: Readonly<Record<string, 1>>;
  readonly expireAfterSeconds?: number;
  readonly partialFilterExpression?: MongodbDocument;
}

/** How long after its expiry MongoDB itself deletes a session. Long enough for clocks that disagree. */
const ttlDelaySeconds = 86_400;

/** By expiry for `prune`, by user and by age for `list`. */
export const indexes: readonly MongodbIndex[] = [
  {
    name: "coatcheck_expiry",
    key: { expiresAt: 1 },
    expireAfterSeconds: ttlDelaySeconds,
    // The application's own documents in the same collection do not expire.
    partialFilterExpression: { version: { $exists: true } },
  },
  {
    name: "coatcheck_user",
    key: { "_id.namespace": 1, userId: 1, createdAt: 1, "_id.id": 1 },
    partialFilterExpression: { userId: { $exists: true } },
  },
  { name: "coatcheck_age", key: { "_id.namespace": 1, createdAt: 1, "_id.id": 1 } },
];

/** Used instead of the signal of one operation, because other operations wait for the same setup. */
const setupTimeoutMs = 5_000;

type RunCommand = (command: MongodbDocument) => Promise<MongodbDocument>;

/**
 * Ensures that the indexes exist. Never changes an existing index. If several processes start at once, the server creates
 * the indexes once.
 *
 * @throws SessionError
 */
export async function prepareIndexes(
  { db, collectionName: collection }: MongodbCollection,
  create: boolean,
): Promise<void> {
  const run: RunCommand = (command) => db.command(command, { signal: AbortSignal.timeout(setupTimeoutMs) });
  try {
    const present = await existing(run, collection);
    checkCollation(present, collection);
    const missing = indexes.filter((index) => !isThere(index, present, collection));
    if (missing.length === 0) return;
    if (create) await run({ createIndexes: collection, indexes: missing, writeConcern: { w: "majority" } });
    // Without permission to list the indexes, rely on `createIndexes: false`: they exist.
    else if (present !== "hidden") throw missingIndexes(missing, collection);
  } catch (error) {
    throw setupError(collection, error);
  }
}

type Present = readonly MongodbDocument[] | "hidden";

async function existing(run: RunCommand, collection: string): Promise<Present> {
  try {
    const { cursor } = await run({ listIndexes: collection, cursor: { batchSize: 1_000 } });
    return Object(cursor).firstBatch;
  } catch (error) {
    if (codeOf(error) === NamespaceNotFound) return [];
    if (codeOf(error) === Unauthorized) return "hidden";
    throw error;
  }
}

const Unauthorized = 13;
const NamespaceNotFound = 26;
const IndexOptionsConflict = 85;
const IndexKeySpecsConflict = 86;

/** Under a collation two distinct ids could be equal. All indexes, `_id` included, have the collation of the collection. */
function checkCollation(present: Present, collection: string): void {
  if (present === "hidden" || !present.some(({ name, collation }) => name === "_id_" && collation !== undefined))
    return;
  throw invalidOption(
    `The collection "${collection}" has a collation, under which different session ids could be taken for one another. Give the store one that was created without a collation.`,
  );
}

/** @throws SessionError INVALID_OPTION when the name belongs to another index */
function isThere(index: MongodbIndex, present: Present, collection: string): boolean {
  if (present === "hidden") return false;
  const namesake = present.find(({ name }) => name === index.name);
  if (namesake === undefined) return false;
  if (shape(namesake) === shape(index)) return true;
  throw conflict(collection, `The index "${index.name}" of the collection "${collection}"`);
}

/** Returns everything that affects what an index finds, rejects or deletes. */
function shape(index: MongodbDocument | MongodbIndex): string {
  const { key, expireAfterSeconds, partialFilterExpression, unique, sparse, collation } = index as MongodbDocument;
  return JSON.stringify([
    key,
    expireAfterSeconds,
    partialFilterExpression,
    unique || undefined,
    sparse || undefined,
    collation,
  ]);
}

function conflict(collection: string, what: string): SessionError {
  return invalidOption(
    `${what} is not the one that the session store creates, and it was left unchanged. Drop it, or give the store a collection of its own: "${collection}" may be in use for something else. mongodbIndexes() returns what is needed.`,
  );
}

function missingIndexes(missing: readonly MongodbIndex[], collection: string): SessionError {
  const names = missing.map(({ name }) => `"${name}"`).join(", ");
  return invalidOption(
    `The collection "${collection}" lacks the index ${names} and createIndexes is false. Create it with collection.createIndexes(mongodbIndexes()).`,
  );
}

function setupError(collection: string, cause: unknown): SessionError {
  if (SessionError.is(cause)) return cause;
  const code = codeOf(cause);
  if (code === IndexOptionsConflict || code === IndexKeySpecsConflict) {
    return conflict(collection, `An index of the collection "${collection}" (${reason(cause)})`);
  }
  const hint =
    code === Unauthorized
      ? " Give the user the role readWrite, or create the indexes of mongodbIndexes() as another user and set createIndexes to false."
      : "";
  return new SessionError(
    "STORE_UNAVAILABLE",
    `MongoDB could not prepare the session collection "${collection}".${hint} It says: ${reason(cause)}`,
    { cause },
  );
}
