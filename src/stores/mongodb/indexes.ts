import { invalidOption, SessionError } from "../../types/errors.ts";
import { codeOf, reason } from "../shared/client-error.ts";
import type { MongodbCollection, MongodbDocument } from "./client.ts";

export interface MongodbIndex {
  readonly name: string;
  readonly key: Readonly<Record<string, 1>>;
  readonly expireAfterSeconds?: number;
  readonly partialFilterExpression?: MongodbDocument;
}

/** How long MongoDB leaves an expired session for `prune()`, in seconds. Long enough for clocks that disagree. */
const backstop = 86_400;

/** By expiry for `prune`, by user and by age for `list`. */
export const indexes: readonly MongodbIndex[] = [
  {
    name: "coatcheck_expiry",
    key: { expiresAt: 1 },
    expireAfterSeconds: backstop,
    // What the application keeps in the same collection does not expire.
    partialFilterExpression: { version: { $exists: true } },
  },
  {
    name: "coatcheck_user",
    key: { "_id.namespace": 1, userId: 1, createdAt: 1, "_id.id": 1 },
    partialFilterExpression: { userId: { $exists: true } },
  },
  { name: "coatcheck_age", key: { "_id.namespace": 1, createdAt: 1, "_id.id": 1 } },
];

/** In milliseconds. Not the signal of one operation, because others wait for the same. */
const patience = 5_000;

type RunCommand = (command: MongodbDocument) => Promise<MongodbDocument>;

/**
 * Sees to it that the indexes are there and are ours; never changes one that exists. Of several processes that start at
 * once, each may ask for them: the server makes them once.
 *
 * @throws SessionError
 */
export async function prepareIndexes(
  { db, collectionName: collection }: MongodbCollection,
  create: boolean,
): Promise<void> {
  const run: RunCommand = (command) => db.command(command, { signal: AbortSignal.timeout(patience) });
  try {
    const present = await existing(run, collection);
    checkCollation(present, collection);
    const missing = indexes.filter((index) => !isThere(index, present, collection));
    if (missing.length === 0) return;
    if (create) await run({ createIndexes: collection, indexes: missing, writeConcern: { w: "majority" } });
    // Who may not look has been told by the option that they are there.
    else if (present !== "hidden") throw notMade(missing, collection);
  } catch (error) {
    throw unusable(collection, error);
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

/** Under a collation two ids could be one. All indexes have the collection's, also that of `_id`. */
function checkCollation(present: Present, collection: string): void {
  if (present === "hidden" || !present.some(({ name, collation }) => name === "_id_" && collation !== undefined))
    return;
  throw invalidOption(
    `The collection "${collection}" has a collation, under which different session ids could be taken for one another. Give the store one that was made without a collation.`,
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

/** All that bears on what an index finds, keeps out or deletes. */
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
    `${what} is not the one that the session store makes, and it was left as it is. Drop it, or give the store a collection of its own: "${collection}" may be in use for something else. mongodbIndexes() tells what is needed.`,
  );
}

function notMade(missing: readonly MongodbIndex[], collection: string): SessionError {
  const names = missing.map(({ name }) => `"${name}"`).join(", ");
  return invalidOption(
    `The collection "${collection}" lacks the index ${names} and createIndexes is false. Make it by collection.createIndexes(mongodbIndexes()).`,
  );
}

function unusable(collection: string, cause: unknown): SessionError {
  if (SessionError.is(cause)) return cause;
  const code = codeOf(cause);
  if (code === IndexOptionsConflict || code === IndexKeySpecsConflict) {
    return conflict(collection, `An index of the collection "${collection}" (${reason(cause)})`);
  }
  const hint =
    code === Unauthorized
      ? " Let the user have the role readWrite, or make the indexes of mongodbIndexes() as another user and set createIndexes to false."
      : "";
  return new SessionError(
    "STORE_UNAVAILABLE",
    `MongoDB could not get the session collection "${collection}" ready.${hint} It says: ${reason(cause)}`,
    { cause },
  );
}
